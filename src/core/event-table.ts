import type { CaissonEvent } from './events.ts';

/** One row for every event, one sentence for every field: the type forgets none of them. Source of docs/reference/events.md. */
type EventTable = {
  readonly [E in CaissonEvent as E['type']]: {
    readonly meaning: string;
    readonly fields: Readonly<Record<Exclude<keyof E, 'type'>, string>>;
  };
};

const STEP = 'identifier of the step, the same in all its events';

export const EVENT_TABLE: EventTable = {
  'step.start': {
    meaning: 'a step of the work begins',
    fields: { step: STEP, title: 'what is done, for people' },
  },
  'step.progress': {
    meaning: 'a step has come further',
    fields: {
      step: STEP,
      done: 'how much is done, in `unit`',
      total: 'how much there is, in `unit`; absent while unknown',
      unit: '`bytes` or `items`',
      note: 'what is being done, such as a layer; may be absent',
    },
  },
  'step.log': {
    meaning: 'a line that the work printed, such as a line of the build',
    fields: { step: STEP, line: 'the line, without its end' },
  },
  'step.end': {
    meaning: 'a step is over',
    fields: {
      step: STEP,
      outcome: '`done`, `cached` or `failed`',
      note: 'a word on the result, such as a size; may be absent',
    },
  },
  note: { meaning: 'something worth knowing', fields: { message: 'the text' } },
  warning: {
    meaning: 'something that may not be what the user wants',
    fields: { message: 'the text', hint: 'what to do about it; may be absent' },
  },
  'container.log': {
    meaning: 'a line that the container wrote',
    fields: { stream: '`stdout` or `stderr`', line: 'the line, without its end' },
  },
};
