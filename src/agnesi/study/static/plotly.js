// Plotly, loaded when it is first wanted. It would put styles into the page; they are in plotly.css instead.

let wanted;

const dark = () => {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};

export const theme = () => (dark() ? "dark" : "light");

export function plotly() {
  wanted ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.id = "plotly.js-style-global";
    link.className = "no-inline-styles";
    link.rel = "stylesheet";
    link.href = new URL("plotly.css", import.meta.url).href;
    document.head.append(link);
    document.head.appendChild = (node) => (node.tagName === "STYLE" ? node : Node.prototype.appendChild.call(document.head, node));
    const script = document.createElement("script");
    script.src = "/static/plotly.min.js";
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => { wanted = undefined; reject(new Error("Plotly could not be loaded.")); };
    document.head.append(script);
  });
  return wanted;
}

// Draw a figure (data and layout as JSON has them) into an element; drawn again where it is there already.
export async function draw(element, figure) {
  const library = await plotly();
  const config = {
    responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", // nothing leaves this computer
    modeBarButtonsToRemove: ["sendChartToCloud", "lasso2d", "select2d", "toImage"], ...figure.config,
  };
  await library.react(element, figure.data, { ...figure.layout, autosize: true }, config);
  return element;
}
