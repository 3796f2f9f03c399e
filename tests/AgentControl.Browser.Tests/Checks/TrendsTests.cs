using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A25: the page of metrics over sixteen days with one odd hour and one silent one.</summary>
public sealed class TrendsTests(TrendsTests.SixteenDays days) : IClassFixture<TrendsTests.SixteenDays>, IAsyncLifetime
{
    private IPage page = null!;

    public async ValueTask InitializeAsync() => page = await days.OpenAsync();

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();

    [Fact]
    public async Task A25_A_spike_opens_its_runs_tables_hold_the_same_values_and_a_gap_is_no_zero()
    {
        await page.OpenAsync("/");
        // g m leads here.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("m");
        await page.WaitForURLAsync("**/trends");
        await page.OpenAsync("/trends?range=7d");
        await Assertions.Expect(page.GetByTestId("trend")).ToHaveCountAsync(4);

        // The spike: by its name, by keyboard.
        var spike = page.GetByTestId("spike");
        await Assertions.Expect(spike).ToHaveCountAsync(1);
        await Assertions
            .Expect(spike)
            .ToHaveAccessibleNameAsync(
                new System.Text.RegularExpressions.Regex(
                    @"^Task completion rate: 0\.0 %, usually 100\.0 %, at .+ UTC$",
                    System.Text.RegularExpressions.RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
            );
        await spike.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var runs = page.GetByTestId("trend-run");
        await Assertions.Expect(runs).ToHaveCountAsync(8);
        await Assertions.Expect(page.Locator("#trend-runs-head")).ToBeFocusedAsync();
        await Assertions.Expect(runs.First.Locator("[data-state=failed]")).ToBeVisibleAsync();
        // The drawer is a link.
        await page.ReloadAsync();
        await Assertions.Expect(runs).ToHaveCountAsync(8);
        await page.GetByTestId("open-in-jobs").ClickAsync();
        await Assertions.Expect(page.GetByTestId("job-row")).ToHaveCountAsync(8);
        await page.GoBackAsync();
        var job = runs.First.Locator("a");
        var name = await job.InnerTextAsync();
        await job.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(name);

        // One crosshair for all plots.
        await page.OpenAsync("/trends?range=7d");
        var plot = page.Locator("[data-trend]").First;
        var box = (await plot.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 3), box.Y + 20);
        Assert.Equal(
            4,
            await page.Locator(".trend__cross")
                .EvaluateAllAsync<int>("all => all.filter(c => c.style.visibility === 'visible').length")
        );
        var places = await page.Locator(".trend__cross")
            .EvaluateAllAsync<string[]>("all => all.map(c => c.style.left)");
        Assert.Single(places.Distinct());

        // The gap: two paths, none of them down to zero.
        var line = page.Locator("[data-metric=completion] .trend__line--0").First;
        Assert.Contains(",,", await line.GetAttributeAsync("data-values"), StringComparison.Ordinal);
        Assert.True((await line.GetAttributeAsync("d"))!.Count(c => c == 'M') >= 2);

        // Tables with the values that the API tells.
        await page.GetByTestId("show-tables").ClickAsync();
        await Assertions.Expect(page.GetByTestId("trend-table")).ToHaveCountAsync(4);
        // One after the other: each goes with its press.
        var earlier = page.Locator("button:has-text('earlier')");
        for (var left = await earlier.CountAsync(); left > 0; left--)
        {
            await earlier.First.ClickAsync();
            await Assertions.Expect(earlier).ToHaveCountAsync(left - 1);
        }
        using var http = new HttpClient { BaseAddress = new Uri(days.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SixteenDays.Key);
        var series = await http.GetFromJsonAsync<JsonElement>("/api/v1/metrics/series?window=7d");
        foreach (var metric in (string[])["completion", "duration", "retries", "recoveries"])
        {
            var told = series
                .GetProperty("series")
                .EnumerateArray()
                .First(s => s.GetProperty("metric").GetString() == metric)
                .GetProperty("points")
                .EnumerateArray()
                .Select(p => p.GetProperty("value"))
                .Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : v.GetDouble())
                .Reverse()
                .ToList();
            var shown = await page.Locator($"[data-metric={metric}] tbody tr td:nth-of-type(1)")
                .EvaluateAllAsync<string[]>("cells => cells.map(c => c.dataset.value)");
            Assert.Equal(
                told,
                shown.Select(v => v.Length == 0 ? (double?)null : double.Parse(v, CultureInfo.InvariantCulture))
            );
        }
    }

    [Theory]
    [InlineData(320, 640)]
    [InlineData(390, 844)]
    public async Task On_a_phone_the_panels_are_stacked_and_nothing_scrolls_sideways(int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        await page.OpenAsync("/trends?range=7d");
        await Assertions.Expect(page.GetByTestId("trend")).ToHaveCountAsync(4);
        var lefts = await page.GetByTestId("trend")
            .EvaluateAllAsync<double[]>("all => all.map(e => e.getBoundingClientRect().left)");
        Assert.Single(lefts.Distinct());
        Assert.Equal(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        var spike = (await page.GetByTestId("spike").First.BoundingBoxAsync())!;
        Assert.True(spike.Width >= 44 && spike.Height >= 44, $"{spike.Width} × {spike.Height}");
    }

    /// <summary>A program of its own, whose database has what the page shows.</summary>
    public sealed class SixteenDays : IAsyncLifetime
    {
        public const string Key = "key-of-the-browser-checks-0001";
        private const string Email = "ana@example.com";
        private const string Password = "correct horse battery";
        private readonly Installation installation = Access.NewInstallation(Email, Password, Key);
        private TestBrowser browser = null!;
        private string signedIn = "";

        public string Url => installation.Url;

        public async ValueTask InitializeAsync()
        {
            await installation.StartAsync();
            await Seeds.TrendsAsync(installation);
            browser = await TestBrowser.StartAsync();
            signedIn = await Access.SignInAsync(browser, Url, Email, Password);
        }

        public async Task<IPage> OpenAsync() =>
            await (await browser.OpenAsync(new() { BaseURL = Url, StorageState = signedIn })).NewPageAsync();

        public async ValueTask DisposeAsync()
        {
            if (browser is not null)
                await browser.DisposeAsync();
            await installation.DisposeAsync();
        }
    }
}
