"""Measures taken inside the page. Each returns a list of what is wrong; an empty list is good."""

_HELP = """
  const seen = (one) => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && !one.closest(".visually-hidden, .skip");
  };
  const words = (one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
"""

SIDEWAYS = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return (box.right > root.clientWidth + 1 || box.left < -1) && !one.parentElement.closest(".table-scroll");
  });
  return [`${over} px too wide: ` + wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(" | ")];
}"""

#: 44 by 44 px, but for links inside a sentence. A tick box is as large as its label.
TARGETS = f"""() => {{{_HELP}
  const inSentence = (one) => one.tagName === "A" && getComputedStyle(one).display === "inline"
    && [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim().length > 1);
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  return all.filter((one) => !one.closest("[hidden]")).flatMap((one) => {{
    const target = one.matches("[type=checkbox], [type=radio]") ? one.closest("label") || one : one;
    if (!seen(target) || inSentence(one)) return [];
    const box = target.getBoundingClientRect();
    return box.width < 43.5 || box.height < 43.5 ? [`small target ${{Math.round(box.width)}}×${{Math.round(box.height)}}: ${{words(one)}}`] : [];
  }});
}}"""

SPLIT_WORDS = f"""() => {{{_HELP}
  const wrong = [];
  for (const one of document.querySelectorAll("h1, h2, h3, button, .button, .tag, label, legend, th, summary, .nav a")) {{
    if (!seen(one)) continue;
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {{
      if (node.parentElement.closest(".visually-hidden")) continue;
      for (const match of node.data.matchAll(/[\\p{{L}}\\p{{M}}]+/gu)) {{
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top / 8)));
        if (tops.size > 1) wrong.push(`split word “${{match[0]}}” in ${{words(one)}}`);
      }}
    }}
  }}
  return wrong;
}}"""

LONG_LINES = f"""() => {{{_HELP}
  const most = 80, wrong = [];
  for (const one of document.querySelectorAll("main :is(p, li, dd, blockquote, label, legend)")) {{
    if (!seen(one) || one.querySelector("p, li, dd, ul, form, a.button, .tag")) continue;
    const lines = new Map();
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {{
      for (const match of node.data.matchAll(/\\S+/g)) {{
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const box = range.getBoundingClientRect(), line = Math.round(box.bottom / 12);
        if (box.width) lines.set(line, (lines.get(line) || 0) + match[0].length + 1);
      }}
    }}
    const longest = Math.max(0, ...lines.values());
    if (longest > most) wrong.push(`line of ${{longest}} characters: ${{words(one)}}`);
  }}
  return wrong;
}}"""

#: Habits of the house: no new tabs, no popups, no placeholder, no own tab order, no styles in the markup.
MANNERS = """() => {
  const not = "[target], [accesskey], [tabindex]:not([tabindex='0'], [tabindex='-1']), [onclick], [style]";
  const wrong = [...document.querySelectorAll(not)].map((one) => "ill-mannered: " + one.outerHTML.slice(0, 100));
  for (const one of document.querySelectorAll("[placeholder]"))
    if (getComputedStyle(one, "::placeholder").opacity !== "0") wrong.push("a placeholder is shown: " + one.outerHTML.slice(0, 100));
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  const described = [...document.querySelectorAll("[aria-describedby]")];
  for (const one of described) for (const id of one.getAttribute("aria-describedby").split(/\\s+/))
    if (!document.getElementById(id)) wrong.push("described by nothing: " + one.outerHTML.slice(0, 100));
  if (parseFloat(getComputedStyle(document.body).fontSize) < 18) wrong.push("text under 18 px");
  return wrong;
}"""

#: WCAG 1.4.12
SPACE_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}");
  document.adoptedStyleSheets = [sheet];
}"""

CUT_OFF = f"""() => {{{_HELP}
  return [...document.querySelectorAll("main *, header *")].filter((one) => seen(one) && getComputedStyle(one).overflow === "hidden"
    && (one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)).map((one) => "cut off: " + words(one));
}}"""

FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return "";
  const style = getComputedStyle(one);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no outline: " + one.outerHTML.slice(0, 120);
  const box = one.getBoundingClientRect();
  if (box.top < -1 || box.top > innerHeight - 8) return "out of sight: " + one.outerHTML.slice(0, 120);
  const spots = [[box.left + box.width / 2, Math.min(box.top + 3, innerHeight - 2)], [box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 2)]];
  const free = spots.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (top === one || one.contains(top) || top.contains(one) || top.closest("label")?.contains(one));
  });
  const cover = document.querySelector(".safety--sticky")?.getBoundingClientRect();
  if (!one.closest(".safety, .skip") && !one.matches(".skip") && cover && box.top < cover.bottom - 1 && box.height < innerHeight / 2)
    return "under the bar: " + one.outerHTML.slice(0, 120);
  return free ? "" : "covered: " + one.outerHTML.slice(0, 120);
}"""

FAILED_FORM = """() => {
  const summary = document.querySelector(".problems"), heading = document.querySelector("h1");
  const links = summary ? [...summary.querySelectorAll("a")] : [];
  const said = [...document.querySelectorAll(".error p")].map((one) => one.textContent.trim());
  const lines = links.map((one) => one.textContent.trim());
  return {
    summary_before_heading: !!summary && !!(summary.compareDocumentPosition(heading) & 4),
    links: links.length || summary?.querySelectorAll("li").length,
    unlinked: links.filter((one) => !document.querySelector(one.hash)).map((one) => one.hash),
    different_words: lines.filter((line) => !said.some((words) => words.endsWith(line))),
    focused: document.activeElement === summary, said, lines,
  };
}"""

PRINTED = f"""() => {{{_HELP}
  return [...document.querySelectorAll("nav, footer, button, .back, .safety")].filter(seen).map((one) => "on paper: " + words(one));
}}"""
