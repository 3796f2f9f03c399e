using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class AccessibilityTests(CheckedProgram program)
{
    private static readonly (int Width, int Height)[] _sizes = [(1440, 900), (390, 844)];

    private static readonly AxeRunOptions _rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] },
        Rules = new Dictionary<string, RuleOptions>
        {
            ["region"] = new() { Enabled = true },
            ["landmark-one-main"] = new() { Enabled = true },
            ["page-has-heading-one"] = new() { Enabled = true },
        },
    };

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A01_A_page_breaks_no_rule_in_either_theme_and_size(string route)
    {
        var page = await program.NewPageAsync(route, new() { ReducedMotion = ReducedMotion.Reduce });
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        var broken = new List<string>();
        foreach (var (width, height) in _sizes)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions
                    .Expect(page.Locator("html"))
                    .ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
                var result = await page.RunAxe(_rules);
                broken.AddRange(
                    result.Violations.SelectMany(v =>
                        v.Nodes.Select(n => $"{width} {scheme} {v.Id}: {n.Html} {n.Any.FirstOrDefault()?.Message}")
                    )
                );
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
