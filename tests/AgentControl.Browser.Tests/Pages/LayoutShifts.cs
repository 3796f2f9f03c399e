using System.Globalization;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Pages;

/// <summary>How far things on a page moved without a person's doing (Cumulative Layout Shift).</summary>
internal static class LayoutShifts
{
    /// <summary>More is seen as a jump.</summary>
    private const double Most = 0.02;

    /// <summary>An initial script: it counts from the first paint on, or from <c>acShifts.reset()</c>.</summary>
    public const string Watch = """
        (() => {
          const shifts = globalThis.acShifts = { sum: 0, moved: [], reset() { shifts.sum = 0; shifts.moved = []; } };
          const name = (node) => node?.nodeType === 1 ? `${node.localName}.${node.className?.baseVal ?? node.className}` : `"${node?.textContent?.slice(0, 20)}"`;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              if (entry.hadRecentInput) continue;
              shifts.sum += entry.value;
              shifts.moved.push(`${entry.value.toFixed(4)} ${entry.sources.map((s) => `${name(s.node)} from ${s.previousRect.y | 0} to ${s.currentRect.y | 0}`).join(", ")}`);
            }
          }).observe({ type: "layout-shift", buffered: true });
        })();
        """;

    /// <summary>What jumped since then, or "".</summary>
    public static async Task<string> JumpsAsync(this IPage page)
    {
        var sum = await page.EvaluateAsync<double>("() => acShifts.sum");
        return sum < Most
            ? ""
            : $"the layout shifted by {sum.ToString("0.000", CultureInfo.InvariantCulture)}: {await page.EvaluateAsync<string>("() => acShifts.moved.join('; ')")}";
    }
}
