using AgentControl.Core.Anomalies;
using AgentControl.Core.Jobs;
using AgentControl.TestKit;
using AgentControl.Web.Anomalies;
using AgentControl.Web.Jobs;
using AgentControl.Web.Overview;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Anomalies where people see them: beside the job and in the overview, live, each with how much, since when and whom.</summary>
public sealed class AnomalyPagesTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string Limited =
        """{"kind":"rateLimited","cause":"rateLimited","amount":12,"usual":2,"unit":"s","since":"2026-11-26T12:00:00Z","step":"ask#1","service":"erp"}""";

    private static Task TellAsync(PageBundle bundle, Guid job, string data, string message, string level = "warning") =>
        bundle.ExecuteAsync("SELECT ac_append($1, 'anomaly', $2, $3, $4, NULL)", job, level, message, data);

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

    [Fact]
    public async Task Overview_Anomaly_AppearsByItselfWithHowMuchAndWhom()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var (one, other) = (await bundle.SubmitAsync("one"), await bundle.SubmitAsync("other"));
        var page = bundle.Render<OverviewPage>();
        Says(page, "[data-testid=odd-now]", "Nothing unusual");

        await TellAsync(bundle, one, Limited, "erp takes no more calls for now");
        bundle.Feed.Publish(LiveTopic.Anomalies);

        Says(page, "[data-testid=odd-now]", "Rate limit", "erp takes no more calls", "12 s, usually 2 s", "one");
        await TellAsync(bundle, other, Limited, "erp takes no more calls for now");
        bundle.Feed.Publish(LiveTopic.Anomalies);

        Says(page, "[data-testid=odd-now]", "touches 2 jobs");
        Assert.NotEmpty(
            page.FindAll($"[data-testid=odd-now] a[href='/jobs?q=ids:{ShortId.Of(other)},{ShortId.Of(one)}']")
        );
        Assert.Single(page.FindAll("[data-testid=odd-now] [data-kind=rateLimited]"));
        Assert.NotEmpty(page.FindAll("[data-testid=odd-now] a[href='/services/erp']"));
    }

    [Fact]
    public async Task Overview_OtherPeoplesWorkspaces_StayTheirs()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await TellAsync(bundle, await bundle.SubmitAsync("secret"), Limited, "secret trouble");
        bundle.OnlyIn = "elsewhere";

        var odd = bundle.Render<OddNow>();

        Says(odd, "[data-testid=odd-now]", "Nothing unusual");
        Assert.DoesNotContain("secret", odd.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_MoreThanFit_AreCountedAndShownOnAPress()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        for (var i = 0; i < 9; i++)
            await TellAsync(bundle, job, Limited.Replace("erp", $"erp{i}", StringComparison.Ordinal), $"limit {i}");

        var odd = bundle.Render<OddNow>();
        Says(odd, "[data-testid=more-odd]", "+3 more kinds");
        Assert.Equal(6, odd.FindAll("[data-testid=anomaly]").Count);
        odd.Press("[data-testid=more-odd]", Patience);

        odd.WaitForAssertion(() => Assert.Equal(9, odd.FindAll("[data-testid=anomaly]").Count), Patience);
        Assert.Empty(odd.FindAll("[data-testid=more-odd]"));
    }

    [Fact]
    public async Task Overview_Error_TriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await TellAsync(bundle, await bundle.SubmitAsync("one"), Limited, "erp takes no more calls for now");
        await bundle.BreakAsync("events");

        var odd = bundle.Render<OddNow>();
        Says(odd, "[data-testid=error-panel]", "What is odd could not be loaded.");
        await bundle.MendAsync("events");
        odd.Press("[data-testid=error-panel] button", Patience);

        Says(odd, "[data-testid=odd-now]", "Rate limit");
    }

    [Fact]
    public async Task Job_Anomalies_FollowTheJobAndLeadToTheirStep()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        var page = bundle.Render<JobPage>(p => p.Add(c => c.Id, job.ToString()));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=job-head]")), Patience);
        Assert.Empty(page.FindAll("[data-testid=job-anomalies]"));

        await TellAsync(bundle, job, Limited, "erp takes no more calls for now");
        bundle.Feed.Publish(LiveTopic.Job(job));

        Says(page, "[data-testid=job-anomalies]", "Rate limit", "12 s, usually 2 s", "since", "ask#1", "erp");
        Assert.NotEmpty(
            page.FindAll($"[data-testid=job-anomalies] a[href='/jobs/{ShortId.Of(job)}/timeline?step=ask%231']")
        );
        Assert.Contains(
            page.FindAll("[data-testid=job-anomalies] time"),
            t => t.GetAttribute("datetime") == "2026-11-26T12:00:00.000Z"
        );
        for (var i = 0; i < 4; i++)
            await TellAsync(bundle, job, """{"kind":"loop","amount":5,"usual":1,"unit":"times"}""", $"round {i}");
        bundle.Feed.Publish(LiveTopic.Job(job));
        Says(page, "[data-testid=job-anomalies]", "round 3", "round 1", "All 5", "5 times, usually 1");
        Assert.Equal(3, page.FindAll("[data-testid=job-anomalies] [data-testid=anomaly]").Count);
    }

    [Fact]
    public async Task Job_TextOfAnAgent_IsShownAsTextAlone()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("one");
        await TellAsync(
            bundle,
            job,
            """{"kind":"<b>odd</b>","unit":"<i>","amount":1,"service":"../x","step":"a&b"}""",
            "<script>x</script>\u202E" + new string('y', 5_000)
        );

        var page = bundle.Render<JobPage>(p => p.Add(c => c.Id, job.ToString()));

        Says(page, "[data-testid=job-anomalies]", "<script>x</script>⟦U+202E⟧", "<b>odd</b>", "1 <i>");
        Assert.Empty(page.FindAll("[data-testid=job-anomalies] :is(script, b, i)"));
        Assert.NotEmpty(page.FindAll("[data-testid=job-anomalies] a[href='/services/..%2Fx']"));
        Assert.DoesNotContain(
            new string('y', 400),
            page.Find("[data-testid=job-anomalies]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Words_EveryKind_HasItsOwn() =>
        Assert.Equal(
            AnomalyKinds.All.Count,
            AnomalyKinds
                .All.Select(k => AnomalyWords.Kind(new(k, "")))
                .Where((w, i) => w != AnomalyKinds.All[i])
                .Distinct()
                .Count()
        );

    [Theory]
    [InlineData("slowStep", 640.0, 2.0, "s", "10 min 40 s, usually 2 s")]
    [InlineData("retrySpike", 4.0, 0.25, "retries", "4 retries, usually 0.25")]
    [InlineData("budget", 0.8, 1.0, "costUsd", "$0.80 of $1.00")]
    [InlineData("rateLimited", 1.5, null, "s", "1 s")]
    [InlineData("fallbackUsed", null, null, null, "")]
    public void Words_Amount_IsToldAgainstUsual(
        string kind,
        double? amount,
        double? usual,
        string? unit,
        string says
    ) =>
        Assert.Equal(
            says,
            AnomalyWords.Amount(
                new(kind, "")
                {
                    Amount = amount,
                    Usual = usual,
                    Unit = unit,
                }
            )
        );
}
