using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class TimesTests(CheckedProgram program)
{
    private const string Shown = "all => all.map(e => e.innerText.trim())";
    internal const string Instants = "all => all.map(e => e.querySelector('time')?.getAttribute('datetime') ?? '')";

    internal static Regex Utc { get; } =
        new(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A30_The_key_t_changes_all_times_and_they_are_of_the_readers_zone()
    {
        var berlin = await ReadAsync("Europe/Berlin");
        var tokyo = await ReadAsync("Asia/Tokyo");
        Assert.NotEmpty(berlin.Instants);
        Assert.Equal(berlin.Instants, tokyo.Instants);
        Assert.All(berlin.Absolute.Zip(tokyo.Absolute), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Theory]
    [InlineData("/jobs?q=chip-", "[data-testid=job-row] ac-time[form=auto]")]
    [InlineData("/jobs/{job}/approvals", "[data-testid=job-approval] ac-time[form=auto]")]
    public async Task A30_The_key_t_changes_the_times_of_a_list_and_of_a_job(string path, string selector)
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync(program.PathOf(path));
        var times = page.Locator(selector);
        await Assertions.Expect(times.First).ToBeVisibleAsync();
        var relative = await times.EvaluateAllAsync<string[]>(Shown);
        Assert.NotEmpty(relative);
        Assert.All(relative, text => Assert.Matches(@"(ago$|^in )", text));

        await page.Keyboard.PressAsync("t");
        await Assertions.Expect(times.First).ToContainTextAsync(":");
        Assert.All(await times.EvaluateAllAsync<string[]>(Shown), text => Assert.Matches(@"\d\d:\d\d$", text));

        await page.Keyboard.PressAsync("t");
        await Assertions.Expect(times.First).Not.ToContainTextAsync(":");
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
