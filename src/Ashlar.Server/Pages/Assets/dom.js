// Elements are made, never parsed: no text becomes markup.

/** An element with properties, attributes and children; texts among the children stay texts. */
export function h(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

const svgSpace = 'http://www.w3.org/2000/svg';

/** An element of a drawing. */
export function s(name, properties = {}, ...children) {
  return fill(document.createElementNS(svgSpace, name), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const byId = id => document.getElementById(id);

/** A number with a few digits, for people. */
export function short(number) {
  if (!Number.isFinite(number)) return '–';
  if (Math.abs(number) >= 1e6) return `${(number / 1e6).toFixed(1)}M`;
  if (Math.abs(number) >= 1e4) return `${(number / 1e3).toFixed(1)}k`;
  return Math.abs(number) >= 100 || Number.isInteger(number) ? String(Math.round(number)) : number.toFixed(1);
}

export function seconds(value) {
  if (value === 0) return '0';
  if (value < 0.001) return `${+(value * 1e6).toPrecision(2)} µs`;
  if (value < 1) return `${+(value * 1000).toPrecision(3)} ms`;
  return value < 120 ? `${+value.toPrecision(3)} s` : `${Math.round(value / 60)} min`;
}
