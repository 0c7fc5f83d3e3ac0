/** JSON Patch (RFC 6902), as far as explanations use it: add, replace and remove. Throws when the document is not the one it was made for. */

export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export function applyPatch(document: unknown, patch: readonly PatchStep[]): unknown {
  let changed: unknown = structuredClone(document);
  for (const { op, path, value } of patch) {
    const names = path
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    if (last === undefined) {
      changed = structuredClone(value);
      continue;
    }
    const parent = names.reduce<unknown>((found, name) => memberOf(found, name), changed);
    changeMember(parent, last, op, value);
  }
  return changed;
}

function memberOf(container: unknown, name: string): unknown {
  if (Array.isArray(container)) return container[Number(name)];
  return isRecord(container) ? container[name] : undefined;
}

function changeMember(parent: unknown, name: string, op: PatchStep['op'], value: unknown): void {
  if (Array.isArray(parent)) {
    const at = name === '-' ? parent.length : Number(name);
    if (op === 'add') parent.splice(at, 0, value);
    else if (at >= parent.length) throw new Error('the policy has been changed in the meantime');
    else if (op === 'replace') parent[at] = value;
    else parent.splice(at, 1);
    return;
  }
  if (!isRecord(parent) || (op !== 'add' && !(name in parent))) {
    throw new Error('the policy has been changed in the meantime');
  }
  if (op === 'remove') delete parent[name];
  else parent[name] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
