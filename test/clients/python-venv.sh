# Sourced: `python_venv <name> <package>...` makes a virtual environment once, with the newest packages of PyPI, and puts it first in PATH.
python_venv() {
  local folder="${CLIENTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gotgan-clients}/$1"
  shift
  if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
  fi
  PATH="$folder/bin:$PATH"
}
