using System.Diagnostics;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Shared;
using AgentControl.Web.Tests.Pages;
using AgentControl.Web.Wall;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Wall;

/// <summary>The wall over a real database: what it shows, that it is live, and what it says of old data.</summary>
public sealed class WallPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Limited =
        """{"kind":"rateLimited","amount":12,"usual":2,"unit":"s","since":"2026-11-26T12:00:00Z","service":"erp"}""";

    [Fact]
    public async Task Empty_SaysSoInEveryPanel()
    {
        await using var bundle = await CreateAsync();

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-jobs-running]", "Nothing runs.");
        Says(wall, "[data-testid=wall-requests]", "Nobody is waited for.");
        Says(wall, "[data-testid=wall-ticker]", "Nothing unusual in the last 24 h.");
        Says(wall, "[data-testid=wall-rate]", Formats.Unknown);
        Says(wall, "[data-testid=wall-running]", "0 running");
        Assert.Empty(wall.FindAll("a, button, input, select, textarea, summary, [tabindex]"));
    }

    [Fact]
    public async Task Many_ShowsSixRowsOddOnesFirstAndCountsTheRest()
    {
        await using var bundle = await CreateAsync();
        for (var n = 0; n < 40; n++)
            await bundle.RunAsync(await bundle.SubmitAsync($"run-{n}"), n, 100);
        var odd = await bundle.SubmitAsync("an-odd-one-with-a-long-name");
        await bundle.RunAsync(odd, 1, 100);
        await bundle.ExecuteAsync(
            "UPDATE job_runs SET leased_at = now() - interval '10 min', updated_at = now() - CASE WHEN progress_completed = 38 THEN interval '1 h' ELSE interval '0' END WHERE state = 'running'"
        );
        await bundle.ExecuteAsync("UPDATE job_runs SET anomalies = 1 WHERE job_id = $1", odd);
        for (var n = 0; n < 7; n++)
            await bundle.AskAsync(await bundle.SubmitAsync($"ask-{n}"), $"Send invoice {n}");
        await bundle.SubmitAsync("waits");

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-range]", "1–6 of 41");
        Says(wall, "[data-testid=wall-more]", "+11 more");
        var rows = wall.FindAll("[data-testid=wall-job]");
        Assert.Equal(6, rows.Count);
        Assert.Equal("true", rows[0].GetAttribute("data-odd"));
        Assert.Contains("an-odd-one-with-a-long-name", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("run-38", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("run-39", rows[2].TextContent, StringComparison.Ordinal);
        Assert.Equal(4, wall.FindAll("[data-testid=wall-request]").Count);
        Says(wall, "[data-testid=wall-requests-more]", "+3 more, oldest");
        Says(wall, "[data-testid=wall-people]", "7 need a person");
        Says(wall, "[data-testid=wall-queued]", "1", "oldest");
    }

    [Fact]
    public async Task People_LateOnesAndVotesAreMarked()
    {
        await using var bundle = await CreateAsync();
        var late = await bundle.AskAsync(await bundle.SubmitAsync("late"), "Pay the rent");
        await bundle.ExecuteAsync(
            "UPDATE approvals SET requested_at = now() - interval '2 h', deadline = now() + interval '1 h', required = 2 WHERE id = $1",
            late
        );
        await bundle.ExecuteAsync(
            "INSERT INTO approval_votes (approval_id, voter, voter_name, decision, revision, at) VALUES ($1, 'person:1', 'Ben', 'approve', 1, now())",
            late
        );
        await bundle.AskAsync(await bundle.SubmitAsync("soon"), "Buy pens");

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-request][data-late]", "Pay the rent", "2 h", "echo · 1 of 2 · by");
        Assert.Single(wall.FindAll("[data-testid=wall-request][data-late]"));
        Assert.Equal(2, wall.FindAll("[data-testid=wall-request]").Count);
    }

    [Fact]
    public async Task Numbers_AreOfTheLastDay()
    {
        await using var bundle = await CreateAsync();
        foreach (var (name, state, hours) in new[] { ("a", "succeeded", 0), ("b", "succeeded", 3), ("c", "failed", 5) })
        {
            var job = await bundle.SubmitAsync(name);
            await bundle.RunAsync(job);
            await bundle.ExecuteAsync(
                "UPDATE job_runs SET state = $2, lease_until = NULL, outcome = CASE WHEN $2 = 'failed' THEN 'stepFailed' END, finished_at = now() - make_interval(hours => $3, mins => 5) WHERE job_id = $1",
                job,
                state,
                hours
            );
        }

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-rate]", "66.7", "%", "completed, 24 h");
        Says(wall, "[data-testid=wall-jobs]", "1", "jobs/h");
        Assert.Equal(24, wall.FindAll("[data-testid=wall-jobs] rect").Count);
    }

    [Fact]
    public async Task Services_OpenAndTestingOnesByNameThenTheNormalOnes()
    {
        await using var bundle = await CreateAsync();
        await bundle.ExecuteAsync(
            """
            INSERT INTO circuits (name, state, since, until, admitted) VALUES ('mail', 'open', now() - interval '4 min', now() + interval '1 h', 0),
              ('ocr', 'probing', now(), now() + interval '1 h', 0), ('erp', 'closed', now(), NULL, 1)
            """
        );
        await bundle.ExecuteAsync(
            "INSERT INTO service_minutes (service, minute, calls, failures, retries, fallbacks, latency) SELECT s, date_trunc('minute', now()), 5, 0, 0, 0, '{}' FROM unnest(ARRAY['erp','openai','zebra']) s"
        );

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-services]", "3 normal");
        Assert.Equal(
            ["mail OPEN 4 min", "ocr testing 0 s"],
            wall.FindAll("[data-testid=wall-service]")
                .Select(s =>
                    $"{s.QuerySelector(".wall-name")!.TextContent} {s.QuerySelector(".wall-cell__words")!.TextContent}"
                )
        );
        await bundle.ExecuteAsync(
            "INSERT INTO circuits (name, state, since, until, admitted) SELECT 's' || n, 'open', now(), now() + interval '1 h', 0 FROM generate_series(1, 10) n"
        );
        bundle.Feed.Publish(LiveTopic.Services);
        Says(wall, "[data-testid=wall-services-more]", "+9 more");
        Says(wall, "[data-testid=wall-services]", "3 normal");
    }

    [Fact]
    public async Task Ticker_NewAnomaly_IsShownAtOnceWithHowMuchSinceWhenAndWhom()
    {
        await using var bundle = await CreateAsync();
        var (one, other) = (await bundle.SubmitAsync("one"), await bundle.SubmitAsync("other"));
        await TellAsync(bundle, one, """{"kind":"loop","amount":5,"usual":1,"unit":"times"}""", "round and round");
        var wall = bundle.Render<WallBoard>();
        Says(wall, ".wall-line--on", "Loop", "round and round", "5 times, usually 1", "one", "1 of 1");
        Says(wall, "[data-testid=wall-odd]", "1 odd");

        await TellAsync(bundle, other, Limited, "erp takes no more calls");
        bundle.Feed.Publish(LiveTopic.Jobs);

        Says(
            wall,
            ".wall-line--on",
            "Rate limit",
            "erp takes no more calls",
            "12 s, usually 2 s",
            "erp · other",
            "1 of 2"
        );
        Assert.Equal("2026-11-26T12:00:00.000Z", wall.Find(".wall-line--on time").GetAttribute("datetime"));
        Assert.Single(wall.FindAll(".wall-line--on"));
        Says(wall, "[data-testid=wall-odd]", "2 odd");
        await TellAsync(bundle, one, Limited, "erp takes no more calls");
        bundle.Feed.Publish(LiveTopic.Jobs);
        Says(wall, ".wall-line--on", "erp · 2 jobs");
    }

    [Fact]
    public async Task Ticker_TextOfAnAgent_IsTextAlone()
    {
        await using var bundle = await CreateAsync();
        await TellAsync(
            bundle,
            await bundle.SubmitAsync("one"),
            """{"kind":"<b>odd</b>","unit":"<i>","amount":1}""",
            "<script>x</script>\u202E" + new string('y', 5_000)
        );

        var wall = bundle.Render<WallBoard>();

        Says(wall, ".wall-line--on", "<script>x</script>⟦U+202E⟧", "<b>odd</b>", "1 <i>");
        Assert.Empty(wall.FindAll("[data-testid=wall-ticker] :is(script, i)"));
        Assert.True(wall.Find(".wall-line--on").TextContent.Length < 400);
    }

    [Fact]
    public async Task HideNames_ShowsAgentsAndNumbersAlone()
    {
        await using var bundle = await CreateAsync();
        var running = await bundle.SubmitAsync("secret-merger");
        await bundle.RunAsync(running, 1, 2);
        await bundle.AskAsync(await bundle.SubmitAsync("secret-sale"), "Sell the secret company");
        await TellAsync(bundle, running, Limited, "secret words");

        var wall = bundle.Render<WallBoard>(p => p.Add(w => w.HideNames, true));

        Says(wall, "[data-testid=wall-job]", $"echo {Core.Jobs.ShortId.Of(running)}", "50 %");
        Says(wall, "[data-testid=wall-request]", "echo j_");
        Says(wall, ".wall-line--on", "Rate limit", "12 s, usually 2 s", $"echo {Core.Jobs.ShortId.Of(running)}");
        Assert.DoesNotContain("secret", wall.Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task OtherPeoplesWorkspaces_StayTheirs()
    {
        await using var bundle = await CreateAsync();
        var job = await bundle.SubmitAsync("secret");
        await bundle.RunAsync(job);
        await TellAsync(bundle, job, Limited, "secret trouble");
        await bundle.AskAsync(await bundle.SubmitAsync("secret too"), "secret question");
        bundle.OnlyIn = "elsewhere";

        var wall = bundle.Render<WallBoard>();

        Says(wall, "[data-testid=wall-running]", "0 running");
        Says(wall, "[data-testid=wall-ticker]", "Nothing unusual");
        Assert.DoesNotContain("secret", wall.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Display_SeesTheWall_AndNothingMoreOnceItsRightIsGone()
    {
        await using var bundle = await CreateAsync();
        bundle.Role = Role.Display;
        await bundle.RunAsync(await bundle.SubmitAsync("shown"));
        var wall = bundle.Render<WallBoard>();
        Says(wall, "[data-testid=wall-job]", "shown");
        Assert.Empty(bundle.Caller.Workspaces!);

        bundle.IsGone = true;

        Says(wall, "[data-testid=wall-none]", "This screen may not show the wall any more.");
        Assert.DoesNotContain("shown", wall.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beat_IsOneRenderingASecondHoweverMuchHappens()
    {
        await using var bundle = await CreateAsync();
        var wall = bundle.Render<WallBoard>();
        Says(wall, "[data-testid=wall-running]", "0 running");
        var (drawn, beat, began) = (wall.RenderCount, Beat(wall), Stopwatch.GetTimestamp());

        // Ten changes a second, for three of them, or for as long as a busy machine makes of these.
        for (var i = 0; i < 30; i++)
        {
            bundle.Feed.Publish(LiveTopic.Jobs);
            await Task.Delay(100, Xunit.TestContext.Current.CancellationToken);
        }

        var (beats, renderings) = (Beat(wall) - beat, wall.RenderCount - drawn);
        var most = (int)Stopwatch.GetElapsedTime(began).TotalSeconds + 1;
        Assert.InRange(beats, 1, most);
        Assert.InRange(renderings, 1, most);
    }

    [Fact]
    public async Task Stale_ReadsThatFail_KeepTheNumbersAndLetTheAgeGrow()
    {
        await using var bundle = await CreateAsync();
        await bundle.RunAsync(await bundle.SubmitAsync("before"));
        var wall = bundle.Render<WallBoard>();
        Says(wall, "[data-testid=wall-job]", "before");
        wall.WaitForAssertion(() => Assert.True(Age(wall) < 2_500), Patience);

        await bundle.BreakAsync("approvals");
        wall.WaitForAssertion(() => Assert.True(Age(wall) > 4_000), Patience);
        Says(wall, "[data-testid=wall-job]", "before");
        await bundle.MendAsync("approvals");

        wall.WaitForAssertion(() => Assert.True(Age(wall) < 2_500), Patience);
    }

    private async Task<PageBundle> CreateAsync()
    {
        var bundle = await PageBundle.CreateAsync(fixture);
        bundle.Services.AddSingleton<DataAge>();
        bundle.Services.AddWall();
        return bundle;
    }

    private static int Beat(IRenderedComponent<WallBoard> wall) =>
        int.Parse(wall.Find("ac-wall").GetAttribute("beat")!, System.Globalization.CultureInfo.InvariantCulture);

    private static int Age(IRenderedComponent<WallBoard> wall) =>
        int.Parse(wall.Find("ac-wall").GetAttribute("age")!, System.Globalization.CultureInfo.InvariantCulture);

    private static Task TellAsync(PageBundle bundle, Guid job, string data, string message) =>
        bundle.ExecuteAsync("SELECT ac_append($1, 'anomaly', 'warning', $2, $3, NULL)", job, message, data);

    private static void Says(IRenderedComponent<IComponent> page, string part, params string[] words) =>
        page.WaitForAssertion(
            () =>
            {
                var text = page.Find(part).TextContent;
                foreach (var word in words)
                    Assert.Contains(word, text, StringComparison.Ordinal);
            },
            Patience
        );
}
