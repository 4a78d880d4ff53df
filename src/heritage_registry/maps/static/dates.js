/** EDTF dates in words, as dates.py writes them, from the same languages/dates.json. Records hold valid dates only. */

/**
 * @typedef {object} DatePart
 * @property {string} precision
 * @property {[number, number, number]} first
 * @property {[number, number, number]} last
 * @property {number} season
 * @property {boolean} approximate
 * @property {boolean} uncertain
 */

/**
 * @param {string} text
 * @param {any} vocabulary What dates.json says of the reader's language.
 * @returns {string}
 */
export function dateInWords(text, vocabulary) {
  let phrase;
  if (/^[[{]/.test(text)) phrase = listInWords(text, vocabulary);
  else if (text.includes("/")) phrase = intervalInWords(text, vocabulary);
  else phrase = inRole(datePart(text), "alone", vocabulary);
  for (const [unspoken, spoken] of vocabulary.replacements) phrase = phrase.replaceAll(unspoken, spoken);
  return phrase;
}

/** Something to order dates by: the first possible day; what is open or missing comes last. @param {string} [text] */
export function dateOrder(text) {
  const start = text
    ?.replace(/^[[{]/, "")
    .split(/[/,\]}]|\.\./)
    .find((piece) => piece !== "");
  if (!start) return Number.MAX_SAFE_INTEGER;
  const [year, month, day] = datePart(start).first;
  return (year * 12 + month) * 31 + day;
}

/** @type {(text: string, vocabulary: any) => string} */
function intervalInWords(text, vocabulary) {
  const [start, end] = text
    .split("/")
    .map((piece) => (piece === "" || piece === ".." ? null : datePart(piece)));
  const { phrases } = vocabulary;
  if (start && end) {
    const ends = { start: inRole(start, "start", vocabulary), end: inRole(end, "end", vocabulary) };
    return fillIn(phrases.between, ends);
  }
  const date = start ? inRole(start, "from", vocabulary) : inRole(end, "until", vocabulary);
  if (text.startsWith("/")) return fillIn(phrases.unknown_start, { date });
  return text.endsWith("/") ? fillIn(phrases.unknown_end, { date }) : date;
}

/** @type {(text: string, vocabulary: any) => string} */
function listInWords(text, vocabulary) {
  const joints = vocabulary.lists[text.startsWith("[") ? "one_of" : "all_of"];
  const items = text
    .slice(1, -1)
    .split(",")
    .map((item) => itemInWords(item, joints, vocabulary));
  if (items.length === 1) return items[0];
  return items.slice(0, -1).join(joints.comma) + joints.last + items[items.length - 1];
}

/** @type {(item: string, joints: any, vocabulary: any) => string} */
function itemInWords(item, joints, vocabulary) {
  if (!item.includes("..")) return inRole(datePart(item), "item", vocabulary);
  const [start, end] = item.split("..").map((piece) => (piece === "" ? null : datePart(piece)));
  if (!start) return fillIn(joints.earlier, { date: inRole(end, "item", vocabulary) });
  if (!end) return fillIn(joints.later, { date: inRole(start, "item", vocabulary) });
  const plainYears = [start, end].every(
    (one) => one.precision === "year" && !one.approximate && !one.uncertain,
  );
  const years = { ...start, precision: "years", last: end.last };
  if (plainYears && !isBeforeChrist(years)) return inRole(years, "item", vocabulary);
  const ends = { start: inRole(start, "item", vocabulary), end: inRole(end, "item", vocabulary) };
  return fillIn(vocabulary.phrases.range, ends);
}

/** @type {(part: any, role: string, vocabulary: any) => string} */
function inRole(part, role, vocabulary) {
  const values = partValues(part, vocabulary);
  const forms = Object.fromEntries(
    Object.keys(vocabulary.forms).map((form) => [form, inForm(part, form, values, vocabulary)]),
  );
  const phrase = fillIn(vocabulary.roles[role][part.approximate ? "about" : "exact"], forms);
  return part.uncertain ? fillIn(vocabulary.phrases.uncertain, { date: phrase }) : phrase;
}

/** @type {(part: DatePart, form: string, values: any, vocabulary: any) => string} */
function inForm(part, form, values, vocabulary) {
  let shape = part.precision;
  if (part.season === 24) shape = "winter";
  else if (shape === "decade" && part.first[0] % 100 === 0) shape = "years";
  const phrase = fillIn(vocabulary.forms[form][shape] ?? vocabulary.forms.plain[shape], values);
  return isBeforeChrist(part) ? fillIn(vocabulary.before_christ, { date: phrase }) : phrase;
}

/** @type {(part: DatePart, vocabulary: any) => Record<string, string | number>} */
function partValues(part, vocabulary) {
  let [year] = part.first;
  const [, month, day] = part.first;
  let [last] = part.last;
  const size = { century: 100, millennium: 1000 }[part.precision] ?? 1;
  let number = Math.floor(year / size) + 1;
  if (isBeforeChrist(part)) {
    [year, last] = [1 - year, 1 - last];
    number = Math.floor((last - 1) / size) + 1;
  }
  /** @type {Record<string, string | number>} */
  const values = { year, last, day, roman: inRoman(size > 1 ? number : 0) };
  for (const [name, count] of Object.entries({ year, last, number })) {
    values[`${name}_ordinal`] = `${count}${ordinalEnding(count, vocabulary)}`;
  }
  for (const [name, place] of Object.entries({
    month,
    season: part.season - 20,
    quarter: part.season - 32,
  })) {
    for (const [form, names] of Object.entries(
      /** @type {Record<string, string[]>} */ (vocabulary[`${name}s`]),
    )) {
      if (place >= 1 && place <= names.length) values[`${name}_${form}`] = names[place - 1];
    }
  }
  return values;
}

/** @type {(piece: string) => DatePart} */
function datePart(piece) {
  const bare = piece.replace(/[?~%]/g, "");
  const sure = { approximate: /[~%]/.test(piece), uncertain: /[?%]/.test(piece), season: 0 };
  const masked = /^(-?\d+)(X+)$/.exec(bare);
  if (masked) {
    const ends = ["0", "9"].map((digit) => Number(masked[1] + digit.repeat(masked[2].length)));
    const [first, last] = ends.sort((a, b) => a - b);
    const precision = ["decade", "century", "millennium"][masked[2].length - 1];
    return { ...sure, precision, first: [first, 1, 1], last: [last, 12, 31] };
  }
  const [, yearText, monthText = "XX", dayText = "XX"] =
    /^(?:Y)?(-?\d+)(?:-(..))?(?:-(..))?$/.exec(bare) ?? [];
  const year = Number(yearText);
  if (monthText === "XX") return { ...sure, ...fromMonth("year", year, 1, 12) };
  const month = Number(monthText);
  if (month > 20) {
    const [precision, start] = month < 30 ? ["season", month * 3 - 60] : ["quarter", month * 3 - 98];
    return { ...sure, ...fromMonth(String(precision), year, Number(start), 3), season: month };
  }
  if (dayText === "XX") return { ...sure, ...fromMonth("month", year, month, 1) };
  const day = Number(dayText);
  return { ...sure, precision: "day", first: [year, month, day], last: [year, month, day] };
}

/** @type {(precision: string, year: number, month: number, count: number) => any} */
function fromMonth(precision, year, month, count) {
  const months = year * 12 + month + count - 2;
  return {
    precision,
    first: [year, month, 1],
    last: [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 31],
  };
}

/** @type {(part: DatePart) => boolean} */
function isBeforeChrist(part) {
  return part.first[0] < 0 || (part.first[0] === 0 && part.last[0] === 0);
}

/** @type {(number: number, vocabulary: any) => string} */
function ordinalEnding(number, vocabulary) {
  const digits = String(number);
  const zeros = digits.length - digits.replace(/0+$/, "").length;
  let spoken = digits.slice(Math.max(0, digits.length - zeros - 1));
  if (zeros >= 2) spoken = zeros === 2 ? "100" : zeros < 6 ? "1000" : "1000000";
  const endings = vocabulary.ordinals;
  return endings[digits] || endings[spoken] || endings.other;
}

/** @type {(number: number) => string} */
function inRoman(number) {
  const tens = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC", "C"];
  const ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
  return tens[Math.floor(number / 10)] + ones[number % 10];
}

/** @param {string} template @param {Record<string, any>} values */
export function fillIn(template, values) {
  return template.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}
