import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { sendRequest } from '../api/send-request.ts';
import { parseMetrics, type Rates, ratesBetween, type Totals, totalsOf } from './read-metrics.ts';

const EVERY_MILLIS = 3000;
/** A quarter of an hour. */
const KEPT = 300;

export interface LiveMetrics {
  readonly totals: Totals | undefined;
  readonly history: readonly Rates[];
  readonly error: unknown;
}

/** For as long as the screen is open. */
export function useLiveMetrics(): LiveMetrics {
  const [history, setHistory] = useState<readonly Rates[]>([]);
  const [last, setLast] = useState<Totals>();
  const query = useQuery({
    queryKey: ['metrics'],
    queryFn: async () => totalsOf(parseMetrics(await (await sendRequest('api/metrics')).text()), Date.now()),
    refetchInterval: EVERY_MILLIS,
    gcTime: 0,
  });
  const { data } = query;
  useEffect(() => {
    if (data === undefined || data === last) return;
    if (last !== undefined) setHistory((rows) => [...rows.slice(1 - KEPT), ratesBetween(last, data)]);
    setLast(data);
  }, [data, last]);
  return { totals: data, history, error: query.error };
}
