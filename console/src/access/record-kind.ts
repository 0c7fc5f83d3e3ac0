import type { Column } from '../parts/data-table.tsx';
import type { ShownSecret } from '../parts/secret-once.tsx';

/** What all records of the admin API have. */
export interface RecordRow {
  readonly id?: string;
  readonly name?: string;
  readonly enabled?: boolean;
  readonly locked?: boolean;
}

export interface RecordField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'password' | 'choice' | 'document';
  readonly options?: readonly (readonly [string, string])[];
  readonly initial?: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
}

/** Everything that one list of records differs in from another. */
export interface RecordKind<T extends RecordRow> {
  readonly title: string;
  readonly hint?: string;
  readonly empty: string;
  /** Of the collection. */
  readonly path: string;
  /** Of one record; default: `path/id`. */
  readonly pathOf?: (row: T) => string;
  /** Of the answer: `users`. */
  readonly member: string;
  /** Of the answer to one that was made: `user`. */
  readonly singular: string;
  readonly columns: readonly Column<T>[];
  /** What creating asks for. Absent: none can be made here. */
  readonly create?: {
    readonly action: string;
    readonly fields: readonly RecordField[];
    /** What else the request says. */
    readonly added?: object;
    /** The secret in the answer, which is shown this once. */
    readonly secretOf?: (answer: Readonly<Record<string, unknown>>) => ShownSecret;
  };
  readonly canDisable?: boolean;
  readonly canLock?: boolean;
  /** What else can be done with a row. */
  readonly actions?: readonly { readonly label: string; readonly onClick: (row: T) => void }[];
  /** Said before a row is deleted. */
  readonly lossOf: (row: T) => string;
  readonly commands: readonly string[];
  readonly nameOf: (row: T) => string;
  /** Rows that cannot be deleted or disabled. */
  readonly isPermanent?: (row: T) => boolean;
}

export interface Policy extends RecordRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly language: string;
  readonly document: object;
  readonly attachedTo?: readonly string[];
}
