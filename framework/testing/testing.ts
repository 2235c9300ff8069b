// The module laju/testing. Importing it sets up the process for tests and gives each test an empty database.
import "./nodeEnv";
import "./prepare";

export type { LogLine } from "./captured/captured";
export type { CaughtAttachment, CaughtMail } from "./captured/caughtMail";
export { fixClock } from "./clock";
export { freshApp } from "./freshApp";
export { queuedJobs } from "./queuedJobs";
export type { FetchStub } from "./stubFetch";
export { type CommandTest, testCommand } from "./testCommand";
export { type JobTest, type TestedJob, testJob } from "./testJob";
export type { TestRun } from "./testRun";
