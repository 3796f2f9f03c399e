using AgentControl.Core.Jobs;
using AgentControl.TestKit;
using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class JobPageTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<JobPage> Open(PageBundle bundle, string id, string? tab = null) =>
        bundle.Render<JobPage>(p => p.Add(c => c.Id, id).Add(c => c.Tab, tab));

    [Fact]
    public async Task Unknown_SaysSoAndLeadsBack()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);

        var page = Open(bundle, "j_NOSUCHJOB0");

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No job j_NOSUCHJOB0",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task OtherWorkspace_IsAsUnknown()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("secret");
        bundle.Role = 0;

        var page = Open(bundle, job.ToString());

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=empty]")), Patience);
        Assert.DoesNotContain("secret", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_ShowsTheBudgetBesideItsUse()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("dear");
        await bundle.ExecuteAsync("""UPDATE jobs SET budget = '{"costUsd":1,"tokens":100}' WHERE id = $1""", job);
        await bundle.ExecuteAsync(
            "UPDATE job_runs SET cost_usd = 0.42, input_tokens = 60, output_tokens = 25 WHERE job_id = $1",
            job
        );
        var page = Open(bundle, ShortId.Of(job));
        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["$0.42 of $1.00", "85 of 100 tokens, nearly spent"],
                    page.FindAll("[data-testid=budget]").Select(b => b.TextContent)
                ),
            Patience
        );
    }

    [Fact]
    public async Task Head_Queued_SaysWhetherAnybodyServesTheQueue()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        var page = Open(bundle, ShortId.Of(job));
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No worker serves queue default.",
                    page.Find(".job-why").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );

        await bundle.ExecuteAsync(
            "INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat) VALUES ('w-1', 'worker', '1', ARRAY['default'], (SELECT ARRAY[agent || '@' || agent_version] FROM jobs WHERE id = $1), 4, now(), now())",
            job
        );
        bundle.Feed.Publish(LiveTopic.Job(job));

        page.WaitForAssertion(
            () => Assert.Contains("1st in default;", page.Find(".job-why").TextContent, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task Head_CountsTheAttemptFromTheSecondOne()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        await bundle.RunAsync(job);
        await bundle.ExecuteAsync("UPDATE job_runs SET attempt = 3 WHERE job_id = $1", job);

        var page = Open(bundle, ShortId.Of(job));

        page.WaitForAssertion(
            () => Assert.Contains("attempt 3", page.Find(".job-facts").TextContent, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task Head_ShowsStateAndProgress_AndFollowsTheJob()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        await bundle.RunAsync(job, 62, 100);
        var page = Open(bundle, ShortId.Of(job));
        page.WaitForAssertion(
            () => Assert.Equal("running", page.Find(".ac-head [data-state]").GetAttribute("data-state")),
            Patience
        );
        Assert.Equal("62", page.Find("[data-testid=job-head] [role=progressbar]").GetAttribute("aria-valuenow"));

        await bundle.ExecuteAsync(
            "UPDATE job_runs SET progress_completed = 75, last_no = last_no + 1 WHERE job_id = $1",
            job
        );
        bundle.Feed.Publish(LiveTopic.Job(job));

        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    "75",
                    page.Find("[data-testid=job-head] [role=progressbar]").GetAttribute("aria-valuenow")
                ),
            Patience
        );
    }

    [Fact]
    public async Task Timeline_Empty_ThenFollowsTheJournal()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        await bundle.RunAsync(job);
        var page = Open(bundle, job.ToString());
        page.WaitForAssertion(
            () => Assert.Contains("No step is recorded yet", page.Markup, StringComparison.Ordinal),
            Patience
        );

        await bundle.ExecuteAsync(
            "INSERT INTO steps (job_id, key, name, kind, state, no, attempt, started_at, completed_at) VALUES ($1, 'docs#1[0]/read#1', 'read', 'file', 'completed', 5, 1, now() - interval '2 s', now())",
            job
        );
        bundle.Feed.Publish(LiveTopic.Job(job));

        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["docs", "docs 1", "read"],
                    page.FindAll("[data-testid=step-row] .ac-clip").Select(r => r.TextContent)
                ),
            Patience
        );
        Assert.Contains("2 s", page.FindAll("[data-testid=step-row]")[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ScrolledUp_CountWithoutMoving()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        var page = Open(bundle, job.ToString(), "events");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=events]")), Patience);

        page.Find("[data-testid=follow]").Change(false);
        await bundle.ExecuteAsync(
            "INSERT INTO events (job_id, no, at, type, level, message) SELECT $1, n, now(), 'agent.log', 'info', 'line ' || n FROM generate_series(100, 104) n",
            job
        );
        bundle.Feed.Publish(LiveTopic.Job(job));

        page.WaitForAssertion(
            () => Assert.Equal("5 new events", page.Find("[data-testid=jump-new]").TextContent.Trim()),
            Patience
        );
        page.Press("[data-testid=jump-new]", Patience);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=jump-new]")), Patience);
        Assert.True(page.Find("[data-testid=follow]").HasAttribute("checked"));
    }

    [Fact]
    public async Task Checkpoints_None_SaysWhenTheFirstComes()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");

        var page = Open(bundle, job.ToString(), "checkpoints");

        page.WaitForAssertion(
            () => Assert.Contains("No checkpoint yet", page.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task Approvals_Decided_KeepTheExactContent()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        var request = await bundle.AskAsync(job, "Write it", "alpha\nbeta");
        await bundle.ExecuteAsync(
            "UPDATE approvals SET state = 'edited', decided_at = now(), decided_by = 'Ben', value = '\"alpha\\ngamma\"' WHERE id = $1",
            request
        );

        var page = Open(bundle, job.ToString(), "approvals");

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Approved with changes by Ben",
                    page.Find("[data-testid=job-approval]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Contains(
            "alpha\nbeta",
            page.Find("[data-testid=approval-content] pre").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("beta", page.Find("[data-testid=diff] del").TextContent);
        Assert.Equal("gamma", page.Find("[data-testid=diff] ins").TextContent);
    }

    [Theory]
    [InlineData("chosen", "\"stop\"", "Choice: \"Stop <now>\"")]
    [InlineData("chosen", "\"gone\"", "Choice: \"gone\"")]
    [InlineData("responded", "\"2 \\u202E more\"", "Answer: \"2 ⟦U+202E⟧ more\"")]
    [InlineData("responded", "{\"modelCalls\":1}", "Answer: \"{\"modelCalls\":1}\"")]
    public async Task Approvals_Decided_SayWhatWasChosenOrAnswered(string state, string value, string said)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        var request = await bundle.AskAsync(job, "What now?");
        await bundle.ExecuteAsync(
            """UPDATE approvals SET state = $2, decided_at = now(), decided_by = 'Ben', comment = 'so be it', value = $3, options = '[{"value":"stop","label":"Stop <now>"}]' WHERE id = $1""",
            request,
            state,
            value
        );

        var page = Open(bundle, job.ToString(), "approvals");

        page.WaitForAssertion(
            () => Assert.Equal(said, page.Find("[data-testid=job-approval] [data-testid=given]").TextContent.Trim()),
            Patience
        );
        Assert.Contains(
            "Comment: \"so be it\"",
            page.Find("[data-testid=job-approval]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task InputAndOutput_AreShown_AndTheJobCanBeRunAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");

        var page = Open(bundle, job.ToString(), "io");

        page.WaitForAssertion(
            () => Assert.Contains("hello", page.Find("[data-testid=input]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Contains("Not yet", page.Find("[data-testid=output]").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/jobs/new?from={ShortId.Of(job)}", page.Find("[data-testid=input] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Children_AreCountedByLabel()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var parent = await bundle.SubmitAsync("parent");
        var child = await bundle.SubmitAsync("child");
        await bundle.ExecuteAsync(
            "UPDATE jobs SET parent_id = $2, parent_key = 'spawn#1', parent_index = 0 WHERE id = $1",
            child,
            parent
        );

        var page = Open(bundle, parent.ToString());

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "1 child job",
                    page.Find("[data-testid=children]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Contains(
            $"parent:{parent}",
            page.Find("[data-testid=children] a").GetAttribute("href")!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Error_NamesItself_AndTryAgainWorks()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("batch");
        await bundle.BreakAsync("jobs");

        var page = Open(bundle, job.ToString());
        page.WaitForAssertion(
            () => Assert.Matches("E-[0-9A-F]{4}", page.Find("[data-testid=error-panel]").TextContent),
            Patience
        );
        await bundle.MendAsync("jobs");
        page.Press("[data-testid=error-panel] button", Patience);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=job-head]")), Patience);
    }
}
