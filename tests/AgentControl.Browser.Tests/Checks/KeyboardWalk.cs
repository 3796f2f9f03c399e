using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A page from its first stop of the Tab key to its last: A28.</summary>
internal static class KeyboardWalk
{
    private const int MostStops = 150;
    private const int Around = 8;

    // Each kind of element is photographed with and without the focus on the first page that has it.
    private static readonly ConcurrentDictionary<string, bool> _photographed = new(StringComparer.Ordinal);

    // Null when the walk comes to where it began. The first round may begin in the middle, at the heading.
    private const string Stop = """
        () => {
          const e = document.activeElement, style = getComputedStyle(e);
          if (e === document.body || e === document.documentElement) return { end: false, body: true };
          // A date has a stop for each of its parts.
          if (e === globalThis.acStop) return { end: false, again: true };
          globalThis.acStop = e;
          if (e.hasAttribute("data-tabbed")) return { end: true };
          e.setAttribute("data-tabbed", "");
          const by = (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
          const name = [e.getAttribute("aria-label"), by, [...(e.labels ?? [])].map((l) => l.textContent).join(" "), e.title, e.matches("input, select, textarea") ? "" : e.textContent, e.alt]
            .map((n) => (n ?? "").trim()).find((n) => n.length > 0) ?? "";
          const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          e.scrollIntoView({ block: "nearest" });
          return { end: false, body: false, name, isSeen: seen, html: e.outerHTML.slice(0, 160), kind: `${e.tagName}.${e.className}` };
        }
        """;

    // What can be pressed or filled in and was no stop; one radio of a group is enough, and arrows lead on in trees and rows.
    private const string Left = """
        () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
          .filter((e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !e.disabled && !e.hasAttribute("data-tabbed") && !e.closest("[inert], [role=tree], [data-row-keys]")
            && !(e.type === "radio" && document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"][data-tabbed]`)))
          .map((e) => e.outerHTML.slice(0, 160))
        """;

    public static async Task<List<string>> BrokenAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.None, ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(1440, 900);
        await page.EvaluateAsync("() => document.activeElement.blur()");
        var broken = new List<string>();
        var stops = 0;
        for (var round = 0; round < 3 && stops <= MostStops; )
        {
            await page.Keyboard.PressAsync("Tab");
            var stop = await page.EvaluateAsync<Seen>(Stop);
            if (stop.End)
                break;
            if (stop.Body)
            {
                round++;
                continue;
            }
            stops++;
            if (stop.Again)
                continue;
            if (stop.Name.Length == 0)
                broken.Add($"A28 no name: {stop.Html}");
            // An outline of its own is looked at in A24; here a row within the element may show the focus as well.
            if (_photographed.TryAdd($"{stop.Kind} {stop.IsSeen}", true) && !await ChangesAsync(page))
                broken.Add($"A28 the focus changes no pixel: {stop.Html}");
        }

        if (stops > MostStops)
            broken.Add($"A28 more than {MostStops} stops");
        broken.AddRange((await page.EvaluateAsync<string[]>(Left)).Select(l => $"A28 not reached: {l}"));
        return broken;
    }

    private static async Task<bool> ChangesAsync(IPage page)
    {
        // Where it is now: what came above it meanwhile has moved it.
        var box = await page.EvaluateAsync<float[]>(
            "() => { const box = document.activeElement.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }"
        );
        var clip = new Clip
        {
            X = Math.Max(0, box[0] - Around),
            Y = Math.Max(0, box[1] - Around),
            Width = box[2] + (2 * Around),
            Height = box[3] + (2 * Around),
        };
        var focused = await page.ScreenshotAsync(new() { Clip = clip });
        await page.EvaluateAsync("() => { globalThis.acHad = document.activeElement; globalThis.acHad.blur(); }");
        var blurred = await page.ScreenshotAsync(new() { Clip = clip });
        await page.EvaluateAsync("() => globalThis.acHad.focus({ preventScroll: true, focusVisible: true })");
        return !focused.AsSpan().SequenceEqual(blurred);
    }

    private sealed class Seen
    {
        public bool End { get; set; }
        public bool Body { get; set; }
        public bool Again { get; set; }
        public string Name { get; set; } = "";
        public bool IsSeen { get; set; }
        public string Html { get; set; } = "";
        public string Kind { get; set; } = "";
    }
}
