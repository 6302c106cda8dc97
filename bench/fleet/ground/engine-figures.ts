// What a Redis says of itself in INFO. Pure.

export interface EngineFigures {
  readonly commands: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
  /** Its data and what it needs beside them. */
  readonly memory: number;
  readonly keys: number;
  /** CPU time, in s. */
  readonly cpu_s: number;
}

/** NaN for what it does not say. */
export function engineFigures(info: string): EngineFigures {
  const of = (key: string): number => Number(new RegExp(`^${key}:([\\d.]+)\\r?$`, 'm').exec(info)?.[1] ?? Number.NaN);
  const keys = /^db0:keys=(\d+)/m.exec(info)?.[1];
  return {
    commands: of('total_commands_processed'),
    octetsIn: of('total_net_input_bytes'),
    octetsOut: of('total_net_output_bytes'),
    memory: of('used_memory'),
    keys: Number(keys ?? 0),
    cpu_s: of('used_cpu_user') + of('used_cpu_sys'),
  };
}

/** Of counts the growth, of the others what is there now. */
export function figuresBetween(before: EngineFigures, now: EngineFigures): EngineFigures {
  return {
    ...now,
    commands: now.commands - before.commands,
    octetsIn: now.octetsIn - before.octetsIn,
    octetsOut: now.octetsOut - before.octetsOut,
    cpu_s: now.cpu_s - before.cpu_s,
  };
}
