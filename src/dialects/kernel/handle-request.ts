/**
 * The one place with the order of steps (design, sections 1 and 4): claim -> route -> authenticate -> decode -> load ->
 * authorise -> body -> run -> encode. A refusal comes before the body is read, so nothing is uploaded in vain.
 */
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import type { Operation } from './define-operation.ts';
import { type DenialStep, denialOf } from './denial.ts';
import type { Call, Dialect } from './dialect.ts';
import type { CallObserver } from './observe-call.ts';
import type { WireRequest, WireResponse } from './wire.ts';

export async function handleRequest<C extends Call, S>(
  dialect: Dialect<C, S>,
  request: WireRequest,
  observer: CallObserver,
): Promise<WireResponse> {
  const call = dialect.begin(request);
  let operation: Operation<C, S> | undefined;
  // How far the call has come, for the explanation of a refusal.
  let step: DenialStep = 'other';
  let refusal: AccessDecision | undefined;
  try {
    operation = dialect.route(call);
    step = 'authenticate';
    await dialect.authenticate(call, operation);
    step = 'other';
    let input = operation.decode(call);
    const loading = dialect.load(call, operation);
    if (loading !== undefined) await loading;
    const deciding = dialect.authorise(call, operation);
    const decision = deciding instanceof Promise ? await deciding : deciding;
    if (!decision.allowed) {
      refusal = decision;
      throw dialect.denied(call, decision);
    }
    if (operation.body.kind === 'buffered') {
      const body = await readWhole(dialect, call, operation.body.bytesMax);
      if (operation.decodeBody !== undefined) input = operation.decodeBody(body, input, call);
    }
    const output = await operation.run(dialect.services, input, call);
    const finishing = dialect.finish(operation.encode(output, call), call);
    const response = finishing instanceof Promise ? await finishing : finishing;
    const { deniedWithin } = call;
    if (deniedWithin !== undefined) {
      const told = { step: 'authorise', error: undefined, decision: deniedWithin } as const;
      await observer.denied?.(dialect.name, operation.name, call, response, told);
    }
    observer.completed(dialect.name, operation.name, call, response, undefined);
    return response;
  } catch (error) {
    const response = await dialect.finish(dialect.renderError(error, call), call);
    const denial = denialOf(step, error, refusal, response.status);
    if (denial !== undefined) {
      const told = { ...denial, code: dialect.errorCode?.(error, call) };
      await observer.denied?.(dialect.name, operation?.name, call, response, told);
    }
    observer.completed(dialect.name, operation?.name, call, response, error);
    return response;
  }
}

async function readWhole<C extends Call, S>(
  dialect: Dialect<C, S>,
  call: C,
  bytesMax: number,
): Promise<Buffer> {
  const declared = call.request.body.contentLength;
  if (declared !== undefined && declared > bytesMax) throw dialect.bodyTooLarge(call, bytesMax);
  const source = dialect.bodyOf(call);
  const chunks: Buffer[] = [];
  let size = 0;
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
    size += chunk.length;
    if (size > bytesMax) throw dialect.bodyTooLarge(call, bytesMax);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}
