// Numbers and days as text, as crates/charts writes them: without locale, so the same in every browser and on the server.

const MINUS = "\u2212";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// The format that a text like `@full|$|2|` names: style, prefix, decimals (a number or `auto`), suffix. Any other text
// is answered as it is: ECharts fills its templates.
export function named(text) {
  if (typeof text !== "string" || !text.startsWith("@")) return text;
  const [style, prefix = "", decimals = "0", suffix = ""] = text.slice(1).split("|");
  const around = (value, digits) => `${value < 0 && /[1-9]/.test(digits) ? MINUS : ""}${prefix}${digits}${suffix}`;
  switch (style) {
    case "full":
      return (value) => around(value, number(Math.abs(value), decimals === "auto" ? (Number.isInteger(value) ? 0 : 1) : +decimals));
    case "compact":
      return (value) => around(value, compact(Math.abs(value)));
    case "share":
      return (value) => around(value, `${number(Math.abs(value * 100), 1).replace(/\.0$/, "")} %`);
    case "day":
      return (day) => { const [, month, date] = parts(day); return `${date} ${month}`; };
    case "month":
      return (day) => { const [year, month] = parts(day); return `${month} ${year}`; };
    default:
      return text;
  }
}

// The tooltip of a place on the axis: its name, then one row for each value. The two lines of an interval (`low:80`,
// `band:80`) become one row.
export function tooltipRows(format) {
  return (points) => {
    const list = Array.isArray(points) ? points : [points];
    const lows = new Map();
    const rows = [];
    for (const { seriesId = "", seriesName, value, color } of list) {
      if (value == null || value === "-" || Number.isNaN(value)) continue;
      if (seriesId.startsWith("low:")) lows.set(seriesId.slice(4), value);
      else if (seriesId.startsWith("band:")) {
        const low = lows.get(seriesId.slice(5));
        if (low != null) rows.push([seriesName, `${format(low)} – ${format(low + value)}`, color, 0.35, +seriesId.slice(5)]);
      } else rows.push([seriesName, format(value), color, 1, 0]);
    }
    if (rows.length === 0) return "";
    // Intervals last, the narrow one first.
    rows.sort((a, b) => a[4] - b[4]);
    const head = `<div style="font-weight:600;margin-bottom:4px">${escaped(whole(list[0].name))}</div>`;
    const line = ([name, text, colour, opacity]) =>
      `<div style="display:flex;gap:8px;align-items:center"><span style="width:10px;height:10px;border-radius:2px;opacity:${opacity};background:${escaped(colour)}"></span><span>${escaped(name)}</span><span style="margin-inline-start:auto;padding-inline-start:16px;font-variant-numeric:tabular-nums;font-weight:600">${escaped(text)}</span></div>`;
    return head + rows.map(line).join("");
  };
}

// A number of zero or more with thousands separated.
function number(value, decimals) {
  const [whole, fraction] = value.toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction ? `${grouped}.${fraction}` : grouped;
}

function compact(value) {
  const [scaled, unit] =
    value >= 999.5e6 ? [value / 1e9, " bn"] : value >= 999.5e3 ? [value / 1e6, " M"] : value >= 9995 ? [value / 1e3, " k"] : [value, ""];
  // Marks of an axis are round: what follows the point there is left out when it is zero.
  if (Number.isInteger(scaled)) return number(scaled, 0) + unit;
  return number(scaled, scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2) + unit;
}

function parts(day) {
  const [year, month, date] = String(day).split("-");
  return [year, MONTHS[+month - 1] ?? "", +date];
}

// A day of the axis in full; other names as they are.
function whole(name) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(name)) return name;
  const [year, month, date] = parts(name);
  return `${date} ${month} ${year}`;
}

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
