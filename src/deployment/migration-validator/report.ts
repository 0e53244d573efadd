import type { CheckStatus, DeploymentReport } from '../finding.js';

/** What {@link MigrationValidator} found. Lists hold the names by which the tool knows its migrations. */
export interface MigrationReport extends DeploymentReport {
  /** Name of the validator. */
  readonly name: string;
  /** That of the worst finding. */
  readonly status: CheckStatus;
  /** What runs the migrations, such as `knex`; nothing when that could not be found out. */
  readonly tool: string | undefined;
  /** The table that was read, with its schema if it has one; nothing when there is none. */
  readonly table: string | undefined;
  /** In the folder, and not applied. */
  readonly pending: readonly string[];
  /** In the folder, and applied. */
  readonly applied: readonly string[];
  /** Applied, and newer than all in the folder. */
  readonly ahead: readonly string[];
  /** Applied, and not in the folder, which has newer ones or the same under another ending. */
  readonly missing: readonly string[];
  /** Applied, and no longer what was applied. */
  readonly edited: readonly string[];
  /** Pending, or applied late, although one that comes after it was applied. */
  readonly outOfOrder: readonly string[];
  /** Begun, and not brought to an end. */
  readonly failed: readonly string[];
  /** Pending, and never run by the tool, which goes by what is newest. */
  readonly skipped: readonly string[];
  /** Whether somebody is migrating, or the tool believes so. */
  readonly locked: boolean;
}

/** What {@link MigrationValidator.validateSchema} found. */
export interface SchemaReport extends DeploymentReport {
  /** That of the worst finding. */
  readonly status: CheckStatus;
}
