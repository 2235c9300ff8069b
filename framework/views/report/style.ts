/** The colors that the report and the dashboard share, for light and dark mode. */
export const palette = `
:root { color-scheme: light dark; --text: #1c2024; --dim: #60646c; --line: #d9d9e0; --card: #ffffff; --page: #f6f7f9;
  --good: #2f9e5f; --bad: #d13438; --idle: #c98a00; --bar: #5b7fd4; --soft: #bccdf5; --link: #2756b8;
  --good-text: #1c7a45; --idle-text: #8a5d00; --violet: #7a4bc2; }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --dim: #a5a8b0; --line: #34373d; --card: #1b1d21;
  --page: #111215; --good: #3fb272; --bad: #ff6369; --idle: #e0a52b; --bar: #7d9df0; --soft: #33436f; --link: #9db8f7;
  --good-text: #4cc38a; --idle-text: #e0a52b; --violet: #bf9af0; } }
`;

/** The style of charts, which the dashboard shares. */
export const chartStyle = `
.charts { display: grid; grid-template-columns: 3.1rem 1fr; column-gap: 0.5rem; margin-top: 0.6rem; }
.scale { display: flex; flex-direction: column; justify-content: space-between; height: 40px; margin-top: 0.5rem;
  font-size: 0.72rem; line-height: 1; text-align: right; white-space: nowrap; color: var(--dim); }
.charts svg { display: block; width: 100%; }
.charts .timeline { height: 20px; border-bottom: 1px solid var(--line); }
.charts .durations { height: 40px; margin-top: 0.5rem; border-bottom: 1px solid var(--line); fill: var(--bar); }
.grid { stroke: var(--line); stroke-width: 1; stroke-dasharray: 2 3; fill: none; vector-effect: non-scaling-stroke; }
.good { fill: var(--good); } .bad { fill: var(--bad); } .idle { fill: var(--idle); }
.charts .axis { height: 1.1rem; overflow: hidden; }
.axis line { stroke: var(--line); } .axis text { fill: var(--dim); font-size: 0.72rem; } .axis .left { text-anchor: end; }
@media (max-width: 36rem) { .charts { grid-template-columns: 2.4rem 1fr; } .axis .roomy { display: none; } }
`;

/** The report's style. It works on a phone, in light and dark mode, and on paper. */
export const style = `${palette}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.4rem; margin: 0.5rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
a { color: var(--link); text-decoration: none; overflow-wrap: anywhere; } a:hover { text-decoration: underline; }
:target { outline: 2px solid var(--bar); outline-offset: 2px; }
.dim { color: var(--dim); } h3 .dim { font-weight: 400; } .small { font-size: 0.85rem; }
.bad-text { color: var(--bad); }
.numbers { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.numbers li { padding: 0.6rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.numbers b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card { margin: 0 0 0.75rem; padding: 0.8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
h2 + .dim { margin-bottom: 0.5rem; }
.head { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; justify-content: space-between; }
.facts { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.causes { font-size: 0.9rem; color: var(--dim); }
.attention { border-left: 4px solid var(--bad); }
.attention ul { margin: 0; padding-left: 1.1rem; }
${chartStyle}.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-bottom: 0.6rem; font-size: 0.85rem; color: var(--dim); }
.legend i { display: inline-block; width: 0.6rem; height: 0.55rem; margin-right: 0.35rem; vertical-align: baseline; }
.legend .good { background: var(--good); } .legend .bad { height: 0.8rem; background: var(--bad); }
.legend .idle { height: 0.3rem; background: var(--idle); } .legend .bar { background: var(--bar); }
table { width: 100%; border-spacing: 0; font-size: 0.9rem; }
th { text-align: left; font-weight: 600; color: var(--dim); }
th, td { padding: 0.3rem 0.6rem 0.3rem 0; vertical-align: top; overflow-wrap: break-word; }
tbody td { border-top: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
.more td { border: 0; padding-top: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
details { margin-top: 0.35rem; font-size: 0.9rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { margin: 0.4rem 0 0.6rem; padding: 0.7rem; max-height: 24rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px;
  background: var(--page); font: 12.5px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 36rem) { .numbers { grid-template-columns: repeat(2, 1fr); } .numbers li:last-child { grid-column: span 2; } }
@media print { body { max-width: none; } .card { break-inside: avoid; } }
`;
