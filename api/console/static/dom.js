// Elements without markup strings: text stays text, whatever a server or a link puts into it.

export const byId = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// [[kind, text], …] as spans; text of no kind stays bare.
export function coloured(parts) {
  const fragment = document.createDocumentFragment();
  for (const [kind, text] of parts) {
    fragment.append(kind ? element("span", { class: `t-${kind}` }, text) : text);
  }
  return fragment;
}
