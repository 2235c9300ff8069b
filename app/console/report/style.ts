/** Readable on a phone, by day and by night, and on paper. */
export const style = `
:root { color-scheme: light dark; --text: #1c2024; --dim: #60646c; --line: #d9d9e0; --card: #ffffff; --page: #f6f7f9;
  --good: #2f9e5f; --bad: #d13438; --idle: #c98a00; --bar: #5b7fd4; }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --dim: #a5a8b0; --line: #34373d; --card: #1b1d21;
  --page: #111215; --good: #3fb272; --bad: #ff6369; --idle: #e0a52b; --bar: #7d9df0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.4rem; margin: 0.5rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.dim { color: var(--dim); }
.bad-text { color: var(--bad); }
.numbers { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.numbers li { padding: 0.6rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.numbers b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card, details { margin: 0 0 0.75rem; padding: 0.8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.head { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; justify-content: space-between; }
.attention { border-left: 4px solid var(--bad); }
.attention ul { margin: 0; padding-left: 1.1rem; }
svg { display: block; width: 100%; }
.timeline { height: 24px; margin-top: 0.6rem; border-bottom: 1px solid var(--line); }
.durations { height: 40px; margin-top: 0.5rem; border-bottom: 1px solid var(--line); fill: var(--bar); }
.good { fill: var(--good); } .bad { fill: var(--bad); } .idle { fill: var(--idle); }
.days { position: relative; height: 1.1rem; font-size: 0.72rem; color: var(--dim); overflow: hidden; }
.days span { position: absolute; padding-left: 3px; border-left: 1px solid var(--line); white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-bottom: 0.6rem; font-size: 0.85rem; color: var(--dim); }
.legend i { display: inline-block; width: 0.6rem; margin-right: 0.35rem; vertical-align: baseline; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { margin: 0.6rem 0 0; padding: 0.7rem; max-height: 24rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px;
  background: var(--page); font: 12.5px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 36rem) { .numbers { grid-template-columns: repeat(2, 1fr); } }
@media print { body { max-width: none; } .card, details { break-inside: avoid; } }
`;
