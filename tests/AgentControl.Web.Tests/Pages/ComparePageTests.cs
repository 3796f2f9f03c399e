using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Steps;
using AgentControl.TestKit;
using AgentControl.Web.Jobs;
using AgentControl.Web.Jobs.Compare;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Two runs beside each other.</summary>
public sealed class ComparePageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static async Task<Guid> RunAsync(PageBundle bundle, string name, string? output, params string[] results)
    {
        var job = await bundle.SubmitAsync(name);
        await bundle.RunAsync(job);
        await bundle.ExecuteAsync(
            "UPDATE job_runs SET state = $2, finished_at = now(), lease_until = NULL, steps = $3 WHERE job_id = $1",
            job,
            output is null ? "failed" : "succeeded",
            results.Length
        );
        await bundle.ExecuteAsync(
            "INSERT INTO job_results (job_id, output, error) VALUES ($1, convert_to(NULLIF($2, ''), 'UTF8'), CASE WHEN $2 = '' THEN '{\"type\":\"erp\",\"message\":\"no\",\"step\":\"s3\"}' END)",
            job,
            output ?? ""
        );
        for (var i = 0; i < results.Length; i++)
            await bundle.ExecuteAsync(
                "INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, result, usage, started_at, completed_at) VALUES ($1, $2, 0, $2, 'code', 'completed', $3, 1, convert_to($4, 'UTF8'), $5::text, now(), now() + interval '2 s')",
                job,
                $"s{i + 1}",
                (long)i + 2,
                results[i],
                i == 0 ? """{"inputTokens":1,"outputTokens":1,"costUsd":0.25}""" : "{}"
            );
        return job;
    }

    private static IRenderedComponent<ComparePage> Open(PageBundle bundle, string query)
    {
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo($"/jobs/compare{query}");
        return bundle.Render<ComparePage>();
    }

    private static ComparedStep Step(
        string key,
        string state = "completed",
        string? result = "x",
        int tries = 1,
        string? input = null
    ) =>
        new(
            key,
            key,
            "code",
            state,
            tries,
            DateTimeOffset.UnixEpoch,
            null,
            null,
            null,
            input,
            result?.Length,
            result,
            null
        );

    [Fact]
    public void Steps_stand_beside_each_other_by_key_and_what_is_missing_is_not_invented()
    {
        var pairs = StepPair.Align(
            [Step("a"), Step("b"), Step("d"), Step("e", input: "1")],
            [Step("x"), Step("a"), Step("c"), Step("d", result: "y", tries: 2), Step("e")]
        );
        Assert.Equal(["x", "a", "c", "b", "d", "e"], pairs.Select(p => p.Key));
        Assert.Equal(
            ["only in B", "", "only in B", "only in A", "tries, result", ""],
            pairs.Select(p => string.Join(", ", p.Differences))
        );
        Assert.Empty(StepPair.Align([], []));
    }

    [Fact]
    public void Values_are_told_apart_with_unchanged_parts_folded_and_their_limit_told()
    {
        Assert.Equal(
            "The same input.",
            ValueDiff.Of("input", new("""{"a":1}"""u8.ToArray()), new("""{ "a": 1 }"""u8.ToArray())).Why
        );
        Assert.Equal("Neither run has an output.", ValueDiff.Of("output", null, null).Why);
        Assert.StartsWith(
            "B has no output",
            ValueDiff.Of("output", new("1"u8.ToArray()), null).Why,
            StringComparison.Ordinal
        );
        static RawJson List(int from) =>
            new(System.Text.Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(from, 3_000))}]"));
        var diff = ValueDiff.Of("output", List(0), List(10_000));
        Assert.Equal(ValueDiff.MostLines, diff.Lines.Count);
        Assert.Contains("1,000 of 6,", diff.Limit, StringComparison.Ordinal);
        var large = new RawJson(System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 300_000)}\""));
        Assert.Contains("262,144", ValueDiff.Of("input", large, new("1"u8.ToArray())).Limit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_runs_are_shown_with_the_first_difference_as_a_jump()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var a = await RunAsync(bundle, "monday", """{"booked":3,"by":"x"}""", "1", "2", "3");
        var b = await RunAsync(bundle, "tuesday", """{"booked":4,"by":"x"}""", "1", "20");
        var page = Open(bundle, $"?a={a}&b={ShortId.Of(b)}");
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-testid=step-pair]").Count), Patience);
        Assert.Contains("The same input.", page.Find("[data-testid=input-diff]").TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "\"booked\": 3",
            page.Find("[data-testid=output-diff] del").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("2 differ", page.Find("[data-testid=step-summary]").TextContent);
        var pairs = page.FindAll("[data-testid=step-pair]");
        Assert.Equal("s2", page.Find("#first-difference").GetAttribute("data-key"));
        Assert.Contains("First difference: result", pairs[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("only in A", pairs[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("$0.25", pairs[0].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("$", pairs[1].TextContent, StringComparison.Ordinal);
        Assert.EndsWith(
            "#first-difference",
            page.Find("[data-testid=jump]").GetAttribute("href")!,
            StringComparison.Ordinal
        );

        var only = Open(bundle, $"?a={a}&b={b}&show=differences");
        only.WaitForAssertion(() => Assert.Equal(2, only.FindAll("[data-testid=step-pair]").Count), Patience);
    }

    [Fact]
    public async Task Very_many_steps_come_in_pages_and_the_limit_is_told()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var a = await RunAsync(bundle, "large", "1");
        var b = await RunAsync(bundle, "small", "1");
        await bundle.ExecuteAsync(
            "INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, started_at, completed_at) SELECT $1, 'work#' || n, 0, 'work', 'code', 'completed', n, 1, now(), now() FROM generate_series(1, 10001) n",
            a
        );
        await bundle.ExecuteAsync(
            "INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, started_at, completed_at) SELECT $1, 'work#' || n, 0, 'work', 'code', 'completed', n, 1, now(), now() FROM generate_series(1, 9500) n",
            b
        );
        var page = Open(bundle, $"?a={a}&b={b}&page=2");
        page.WaitForAssertion(() => Assert.Equal(100, page.FindAll("[data-testid=step-pair]").Count), Patience);
        Assert.Contains(
            "the first 10,000 of each run",
            page.Find("[data-testid=step-summary]").TextContent,
            StringComparison.Ordinal
        );
        Assert.Contains("101–200 of 10,000 steps", page.Markup, StringComparison.Ordinal);
        Assert.Contains("page=96#", page.Find("[data-testid=jump]").GetAttribute("href")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_of_a_workspace_that_one_may_not_look_into_is_not_there_on_either_side(bool hiddenIsA)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var open = await RunAsync(bundle, "open", "1");
        var hidden = await RunAsync(bundle, "secret", "2");
        await bundle.ExecuteAsync("INSERT INTO workspaces (name) VALUES ('vault')");
        await bundle.ExecuteAsync("UPDATE jobs SET workspace = 'vault' WHERE id = $1", hidden);
        (bundle.Role, bundle.OnlyIn) = (Role.Viewer, "default");
        var page = Open(bundle, hiddenIsA ? $"?a={hidden}&b={open}" : $"?a={open}&b={hidden}");
        page.WaitForElement("[data-testid=choose]", Patience);
        Assert.Contains($"No job {hidden}", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=facts]"));
    }

    [Fact]
    public async Task One_run_alone_is_offered_its_origin_the_run_before_and_the_last_success()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var success = await RunAsync(bundle, "good", "1");
        var before = await RunAsync(bundle, "before", null);
        var fork = await RunAsync(bundle, "fork", null);
        var origin = await RunAsync(bundle, "origin", null);
        await bundle.ExecuteAsync("UPDATE jobs SET forked_from = $2 WHERE id = $1", fork, origin);
        var page = Open(bundle, $"?a={fork}");
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-testid=offer]").Count), Patience);
        Assert.Equal(
            new[] { origin, before, success }.Select(id => $"/jobs/compare?a={ShortId.Of(fork)}&b={ShortId.Of(id)}"),
            page.FindAll("[data-testid=offer]").Select(o => o.GetAttribute("href"))
        );
        await page.InvokeAsync(() => page.Find("#cmp-b").Change(" not-an-id "));
        await page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForAssertion(
            () => Assert.Contains("No job not-an-id", page.Markup, StringComparison.Ordinal),
            Patience
        );

        var same = Open(bundle, $"?a={fork}&b={fork}");
        same.WaitForAssertion(
            () => Assert.Contains("Both are the same run", same.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task Two_ticked_jobs_of_the_list_are_compared()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var older = await bundle.SubmitAsync("older");
        var newer = await bundle.SubmitAsync("newer");
        await bundle.SubmitAsync("third");
        var page = bundle.Render<JobsPage>();
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-testid=job-row]").Count), Patience);
        foreach (var row in new[] { 1, 2 })
            await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[row].Change(true));
        Assert.Equal(
            $"/jobs/compare?a={ShortId.Of(older)}&b={ShortId.Of(newer)}",
            page.Find("[data-testid=compare-two]").GetAttribute("href")
        );
        await page.InvokeAsync(() => page.FindAll("[data-testid=job-row] input[type=checkbox]")[0].Change(true));
        Assert.Empty(page.FindAll("[data-testid=compare-two]"));
    }
}
