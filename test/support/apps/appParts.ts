/**
 * The parts of an app other than its commands, by path from the root: laju, and the files that re-export laju's
 * modules. The examples are left out, so that users can change or delete them without affecting these apps.
 */
export const appParts = [
  "app/config.ts",
  "app/errors.ts",
  "app/console/command.ts",
  "app/console/jobNotices.ts",
  "app/console/tellOfJobs.ts",
  "app/programs/backup.ts",
  "app/programs/clean-backup.ts",
  "app/programs/restore.ts",
  "app/queue/job.ts",
  ...[
    "Cache",
    "CacheService",
    "DB",
    "Logger",
    "Mailer",
    "Queue",
    "QueueWorker",
    "Redis",
    "SQLite",
    "View",
  ].map((service) => `app/services/${service}.ts`),
  "framework",
  "commands/native",
  "commands/index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "laju.js",
];
