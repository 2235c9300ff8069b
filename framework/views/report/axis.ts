import { shortTime } from "../../host/hostClock";
import { cellCount, type ReportData } from "./reportData";

type Axis = Pick<ReportData, "from" | "cellMs" | "clock" | "days">;

/** Formats the time at which a cell begins. All charts share the same cells, so each time is formatted only once. */
export function cellTimes({ from, cellMs, clock }: Axis): (cell: number) => string {
  const known = new Map<number, string>();
  return (cell) => {
    const text = known.get(cell) ?? shortTime(new Date(from + cell * cellMs), clock.hostTimezone);
    known.set(cell, text);
    return text;
  };
}

/** Up to this many days, the axis also marks hours. */
const daysWithHours = 2;
const hoursBetween = 6;

interface Mark {
  cell: number;
  label: string;
}

/** The days below a chart: a mark where each day begins, and as many labels as fit, always including today's. */
export function timeAxis(axis: Axis): string {
  return `<svg class="axis" aria-hidden="true">${labels(marksOf(axis)).join("")}</svg>`;
}

function marksOf(axis: Axis): Mark[] {
  const timeOf = cellTimes(axis);
  const later = Array.from({ length: cellCount - 1 }, (_, index) => index + 1);
  const hourOf = (cell: number) => Number(timeOf(cell).slice(-5, -3));
  const dateOf = (cell: number) => timeOf(cell).slice(0, -6);
  const days = later.filter((cell) => dateOf(cell) !== dateOf(cell - 1));
  const hours = later.filter(
    (cell) => hourOf(cell) !== hourOf(cell - 1) && hourOf(cell) % hoursBetween === 0,
  );
  const today = days.at(-1);
  const cells = axis.days <= daysWithHours ? [...new Set([...days, ...hours])].sort((a, b) => a - b) : days;
  return cells.map((cell) => {
    if (cell === today) return { cell, label: "today" };
    const hour = `${String(hourOf(cell)).padStart(2, "0")}:00`;
    return { cell, label: days.includes(cell) ? dateOf(cell).slice(0, 6) : hour };
  });
}

/** How much space a label needs, in cells, on a wide page and on a phone. */
const rooms = { wide: 10, narrow: 17 };

/**
 * The marks' lines and labels. Labels are placed from right to left, so that today gets one. Near the right edge, a
 * label is to the left of its mark.
 */
function labels(marks: readonly Mark[]): string[] {
  const free = { wide: Infinity, narrow: Infinity };
  const texts = [...marks].reverse().map(({ cell, label }) => {
    const isLeft = cell > cellCount - rooms.narrow;
    const fits = (size: "wide" | "narrow") => {
      const start = isLeft ? cell - rooms[size] : cell;
      if (start + rooms[size] > free[size]) return false;
      free[size] = start;
      return true;
    };
    const [onWide, onNarrow] = [fits("wide"), fits("narrow")];
    const x = `${((cell / cellCount) * 100).toFixed(2)}%`;
    const classes = [isLeft ? "left" : "", onNarrow ? "" : "roomy"].filter(Boolean).join(" ");
    const text = `<text${classes && ` class="${classes}"`} x="${x}" dx="${isLeft ? -3 : 3}" y="11">${label}</text>`;
    return `<line x1="${x}" x2="${x}" y2="100%"/>${onWide ? text : ""}`;
  });
  return texts.reverse();
}
