using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class ServicesTests(CheckedProgram program)
{
    [Fact]
    public async Task A26_Circuits_differ_in_words_and_shape_and_a_reset_asks_first()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/services");
        var states = await page.Locator("main [data-circuit]")
            .EvaluateAllAsync<string[][]>(
                "all => all.map((e) => [e.dataset.circuit, e.innerText.trim(), e.querySelector('svg').innerHTML])"
            );
        var kinds = states.GroupBy(s => s[0], StringComparer.Ordinal).Select(g => g.First()).ToList();
        Assert.Equal(["blocked", "closed", "halfOpen", "open"], kinds.Select(k => k[0]).Order(StringComparer.Ordinal));
        Assert.Equal(kinds.Count, kinds.Select(k => k[1]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(kinds.Count, kinds.Select(k => k[2]).Distinct(StringComparer.Ordinal).Count());

        await page.OpenAsync("/services/ocr");
        var reset = page.GetByRole(AriaRole.Button, new() { Name = "Reset the circuit of ocr…" });
        await reset.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog).Filter(new() { HasText = "ocr" });
        var (safe, act) = (dialog.GetByRole(AriaRole.Button).First, dialog.GetByRole(AriaRole.Button).Last);
        await Assertions.Expect(safe).ToBeFocusedAsync();
        await safe.ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(reset).ToBeFocusedAsync();
        await Assertions
            .Expect(page.Locator("main [data-circuit]").First)
            .Not.ToHaveAttributeAsync("data-circuit", "closed");

        await reset.ClickAsync();
        await act.ClickAsync();
        await Assertions
            .Expect(page.Locator("main [data-circuit]").First)
            .ToHaveAttributeAsync("data-circuit", "closed");
    }

    [Fact]
    public async Task A26_A_queue_that_nobody_serves_says_how_many_wait_and_how_long()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/queues");
        var warning = page.Locator("[data-queue=seeded]").GetByTestId("warning");
        await Assertions
            .Expect(warning)
            .ToHaveTextAsync(
                new Regex(
                    @"No worker serves it: \d+ jobs? waits?, the oldest\s+\d+ (?:min|h|s)\b.*\. Give it workers",
                    RegexOptions.Singleline,
                    TimeSpan.FromSeconds(1)
                )
            );
        await Assertions.Expect(warning.Locator("svg")).ToHaveCountAsync(1);
    }
}
