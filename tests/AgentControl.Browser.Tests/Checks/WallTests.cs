using System.Diagnostics;
using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>The wall on its screens: A16 and A17, and an anomaly that comes by itself.</summary>
[Collection(TimedCollection.Name)]
public sealed class WallTests(CheckedProgram program, ITestOutputHelper output)
{
    private const int RenderedWithin = 10_000;

    // What does not fit, what is smaller than 32 px on a screen of 1080 lines, what may take the focus, and where the cursor is seen.
    private const string Wrong = """
        () => {
          const wrong = [], rem = parseFloat(getComputedStyle(document.documentElement).fontSize), name = (e) => `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className}`;
          const root = document.documentElement;
          if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push(`the page scrolls: ${root.scrollWidth} × ${root.scrollHeight}`);
          for (const panel of document.querySelectorAll(".wall-panel, .wall-head, .wall-ticker")) {
            const box = panel.getBoundingClientRect();
            for (const e of panel.querySelectorAll("*")) {
              // What is cut off by its own box may be longer than that.
              if (e.closest("svg") || e.closest(".wall-cell .wall-name, .wall-line__message, .wall-line__whom, .wall-ask__second")?.contains(e.parentElement)) continue;
              const own = e.getBoundingClientRect();
              if (own.width && (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1))
                wrong.push(`${name(e)} leaves ${name(panel)}: ${e.textContent.trim().slice(0, 40)}`);
            }
          }
          for (const e of document.querySelectorAll(".wall *")) {
            if ([...e.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim()) && e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < rem * 2 - .01)
              wrong.push(`${name(e)} is ${getComputedStyle(e).fontSize}`);
            if (getComputedStyle(e).cursor !== "none") wrong.push(`${name(e)} shows the cursor`);
          }
          for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]"))
            if (e.checkVisibility()) wrong.push(`${name(e)} may take the focus`);
          return wrong;
        }
        """;

    [Theory]
    [InlineData(1920, 1080, 16)]
    [InlineData(3840, 2160, 32)]
    [InlineData(2560, 1080, 16)]
    public async Task A16_Everything_fits_and_nothing_scrolls_or_takes_the_focus(int width, int height, int rem)
    {
        await CrowdAsync();
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        var page = await context.NewPageAsync();
        await page.OpenAsync("/wall");

        await Assertions.Expect(page.GetByTestId("wall-job")).ToHaveCountAsync(6);
        await Assertions.Expect(page.GetByTestId("wall-request")).ToHaveCountAsync(4);
        await Assertions.Expect(page.GetByTestId("wall-more")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => document.fonts.ready");
        Assert.Equal(
            rem,
            await page.EvaluateAsync<double>("() => parseFloat(getComputedStyle(document.documentElement).fontSize)")
        );
        var wrong = await page.EvaluateAsync<string[]>(Wrong);
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Distinct()));
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement === document.body"));
    }

    [Fact]
    public async Task An_anomaly_appears_by_itself_in_the_ticker()
    {
        var job = (await program.SubmitAsync(CheckedProgram.Gate("Watched on the wall"))).Job;
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 1920, Height = 1080 },
            }
        );
        var page = await context.NewPageAsync();
        await page.OpenAsync("/wall");
        var line = page.Locator(".wall-line--on");
        await Assertions.Expect(line).Not.ToContainTextAsync("Watched on the wall");
        var batches = RenderBatches.Of(page);

        var since = Stopwatch.StartNew();
        await program.Installation.ExecuteAsync(Told, ("job", job));
        await Assertions.Expect(line).ToContainTextAsync("Watched on the wall", new() { Timeout = RenderedWithin });
        output.WriteLine($"The anomaly stood in the ticker after {since.Elapsed.TotalSeconds:0.00} s.");

        Assert.True(since.Elapsed < TimeSpan.FromSeconds(4), $"It took {since.Elapsed}.");
        await Assertions.Expect(line).ToContainTextAsync("Rate limit");
        await Assertions.Expect(line).ToContainTextAsync("12 s, usually 2 s");
        await Assertions.Expect(line).ToContainTextAsync("ledger · Watched on the wall");
        await Assertions.Expect(line.Locator("time")).ToHaveTextAsync(ClockTime);
    }

    [Fact]
    public async Task A17_The_wall_draws_once_a_second()
    {
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 1920, Height = 1080 },
            }
        );
        var page = await context.NewPageAsync();
        var batches = RenderBatches.Of(page);
        await page.OpenAsync("/wall");
        await Assertions.Expect(page.GetByTestId("wall-running")).ToBeVisibleAsync();
        var before = batches.Batches;

        await page.WatchAsync(10_000);

        output.WriteLine($"A17: {batches.Batches - before} batches in 10 s");
        Assert.InRange(batches.Batches - before, 5, 11);
    }

    [Fact]
    public async Task A17_A_cut_line_is_told_and_the_wall_comes_back_by_itself()
    {
        using var line = new CuttableLine(program.Installation.Url);
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 1920, Height = 1080 },
            },
            line.Url
        );
        var page = await context.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.OpenAsync("/wall");
        var bar = page.GetByTestId("wall-bar");
        await Assertions.Expect(bar).ToBeHiddenAsync();

        line.Cut();
        var since = Stopwatch.StartNew();
        await Assertions.Expect(bar).ToHaveTextAsync(Late);
        output.WriteLine($"The amber bar came after {since.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), $"The bar came after {since.Elapsed}.");
        Assert.True(await page.Locator("#components-reconnect-modal").IsHiddenAsync());
        await page.Clock.FastForwardAsync(60_000);
        await Assertions.Expect(bar).ToHaveTextAsync(Dead);
        Assert.Equal("0.5", await page.Locator(".wall-body").EvaluateAsync<string>("e => getComputedStyle(e).opacity"));

        line.Mend();
        since.Restart();
        await Assertions.Expect(bar).ToBeHiddenAsync();
        output.WriteLine($"It was live again after {since.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), $"It came back after {since.Elapsed}.");
    }

    [Fact]
    public async Task A17_The_page_moves_so_that_nothing_burns_in()
    {
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 1920, Height = 1080 },
            }
        );
        var page = await context.NewPageAsync();
        // The eight places begin anew every 24 minutes: at noon the page stands in the first. The clock stands between its jumps, over which the page
        // may load itself anew.
        var noon = new DateTime(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
        await page.Clock.SetFixedTimeAsync(noon);
        await page.OpenAsync("/wall");
        foreach (var (minutes, place) in new[] { (0, "0px"), (3, "8px 4px"), (6, "4px 8px") })
        {
            await page.Clock.SetFixedTimeAsync(noon.AddMinutes(minutes));
            await Assertions.Expect(page.Locator(".wall__page")).ToHaveCSSAsync("translate", place);
        }
    }

    [Fact]
    public async Task A_display_signs_in_by_its_link_sees_nothing_but_the_wall_and_ends_with_its_key()
    {
        var made = await program.PostAsync("/api/v1/keys", new { name = "hall", role = "display" });
        var secret = made.GetProperty("secret").GetString()!;
        await using var context = await program.OpenAsStrangerAsync();
        var asked = new List<string>();
        context.Request += (_, request) => asked.Add(request.Url);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/display");
        await page.GotoAsync($"/display#{secret}");
        await page.WaitForURLAsync("**/wall");
        await page.InteractiveAsync();

        await Assertions.Expect(page.GetByTestId("wall-running")).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, url => url.Split('#')[0].Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, await page.EvaluateAsync<string>("() => location.href + document.referrer"));
        await page.EvaluateAsync("() => Blazor.navigateTo('/jobs')");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Sign in");
        Assert.Equal(0, await page.GetByTestId("job-row").CountAsync());
        await page.OpenAsync("/wall");
        await Assertions.Expect(page.GetByTestId("wall-running")).ToBeVisibleAsync();

        var since = Stopwatch.StartNew();
        await program.DeleteAsync($"/api/v1/keys/{made.GetProperty("key").GetProperty("id").GetString()}");
        await Assertions.Expect(page.GetByTestId("wall-running")).ToHaveCountAsync(0);
        output.WriteLine($"The wall was empty {since.Elapsed.TotalSeconds:0.0} s after the key was revoked.");
        await page.WaitForURLAsync("**/signin?returnUrl=%2Fwall");
        output.WriteLine($"The page had ended after {since.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(15), $"It took {since.Elapsed}.");
    }

    private static Regex Late => new(@"^Data is \d+ s old – reconnecting$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static Regex Dead =>
        new(@"^No data since \d\d:\d\d\. Numbers below are old\.$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static Regex ClockTime => new(@"^\d\d:\d\d$", RegexOptions.None, TimeSpan.FromSeconds(1));

    // As another process would tell it: the event, and word of its number.
    private const string Told = """
        WITH told AS MATERIALIZED (
          SELECT id, ac_append(id, 'anomaly', 'warning', 'ledger takes no more calls for now',
                               '{"kind":"rateLimited","amount":12,"usual":2,"unit":"s","service":"ledger"}', NULL) AS no FROM jobs WHERE short_id = @job)
        SELECT pg_notify('agentcontrol_events', 'seed' || string_agg(format(';%s,%s,%s', rtrim(translate(encode(uuid_send(id), 'base64'), '+/', '-_'), '='), no, no), '')) FROM told
        """;

    /// <summary>500 running jobs with long names, 40 questions, 12 services in trouble: once for all checks.</summary>
    private async Task CrowdAsync()
    {
        if (
            await program.Installation.ReadAsync<bool>("SELECT EXISTS (SELECT FROM jobs WHERE name LIKE 'wall-crowd%')")
        )
            return;
        await Seeds.RunningAsync(
            program.Installation,
            "wall-crowd-of-very-long-names-that-no-screen-can-hold-in-one-line",
            500
        );
        await program.Installation.ExecuteAsync(
            """
            INSERT INTO approvals (id, job_id, key, generation, workspace, kind, title, body, content, content_type, sha256, revision, decisions, required, approvers, requested_at, deadline, on_expire, on_reject, state)
            SELECT gen_random_uuid(), j.id, 'wall#' || n, 0, 'default', 'approval', 'Send ' || n || ' invoices by e-mail to every customer of the northern region', '', '\x00', 'text/plain', sha256('\x00'), 1,
                   ARRAY['approve','reject'], 2, '{}', ac_now() - interval '90 min', ac_now() + interval '30 min', 'reject', 'return', 'pending'
              FROM generate_series(1, 40) n, (SELECT id FROM jobs WHERE name LIKE 'wall-crowd%' LIMIT 1) j;
            INSERT INTO circuits (name, state, since, until, admitted) SELECT 'wall-service-with-a-long-name-' || n, 'open', ac_now() - interval '4 min', ac_now() + interval '3 h', 0 FROM generate_series(1, 12) n
            """
        );
    }
}
