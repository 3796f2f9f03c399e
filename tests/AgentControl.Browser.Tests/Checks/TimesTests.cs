using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class TimesTests(CheckedProgram program)
{
    private const string Shown = "all => all.map(e => e.innerText.trim())";
    private const string Instants = "all => all.map(e => e.querySelector('time')?.getAttribute('datetime') ?? '')";

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A30_Every_time_says_its_instant_in_utc(string route)
    {
        var page = await program.NewPageAsync(route);
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        foreach (var instant in await page.Locator("ac-time").EvaluateAllAsync<string[]>(Instants))
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", instant);
    }

    [Fact]
    public async Task A30_The_key_t_changes_all_times_and_they_are_of_the_readers_zone()
    {
        var berlin = await ReadAsync("Europe/Berlin");
        var tokyo = await ReadAsync("Asia/Tokyo");
        Assert.NotEmpty(berlin.Instants);
        Assert.Equal(berlin.Instants, tokyo.Instants);
        Assert.All(berlin.Absolute.Zip(tokyo.Absolute), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    private async Task<(string[] Instants, string[] Absolute)> ReadAsync(string zone)
    {
        await using var context = await program.OpenAsync(new() { TimezoneId = zone });
        var page = await context.NewPageAsync();
        await page.OpenAsync("/approvals?box=all");
        var times = page.Locator("[data-testid=approval-list] ac-time[form=auto]");
        await Assertions.Expect(times.First).ToBeVisibleAsync();
        Assert.All(await times.EvaluateAllAsync<string[]>(Shown), text => Assert.Matches(@"(ago|^in )", text));
        await page.Keyboard.PressAsync("t");
        await Assertions.Expect(times.First).ToContainTextAsync(":");
        var absolute = await times.EvaluateAllAsync<string[]>(Shown);
        Assert.All(absolute, text => Assert.Matches(@"\d\d:\d\d$", text));
        var instants = await times.EvaluateAllAsync<string[]>(Instants);
        await page.Keyboard.PressAsync("t");
        await Assertions.Expect(times.First).ToContainTextAsync("ago");
        return (instants, absolute);
    }
}
