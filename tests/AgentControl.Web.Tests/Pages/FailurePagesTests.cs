using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.TestKit;
using AgentControl.Web.Failures;
using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>Failures by cause, and one of them.</summary>
public sealed class FailurePagesTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const string Nasty = "Broke <script>alert(1)</script> \u202Egnp.exe";

    private static async Task<Guid> GroupAsync(
        PageBundle bundle,
        string title,
        string status = "unresolved",
        int minutesAgo = 0,
        string agent = "echo",
        string workspace = "default"
    )
    {
        var id = Guid.NewGuid();
        await bundle.ExecuteAsync(
            """
            INSERT INTO failure_groups (id, workspace, fingerprint, agent, type, step, service, title, example, count, first_seen_at, last_seen_at, status)
            VALUES ($1, $2, $3, $4, 'HttpRequestException', 'match', 'erp', $5, $5 || ' in whole', 1, now() - make_interval(mins => $6), now() - make_interval(mins => $6), $7)
            """,
            id,
            workspace,
            id.ToString(),
            agent,
            title,
            minutesAgo,
            status
        );
        return id;
    }

    private static async Task<Guid> FailedJobAsync(PageBundle bundle, Guid group, string name)
    {
        var job = await bundle.SubmitAsync(name);
        await bundle.ExecuteAsync(
            "UPDATE job_runs SET state = 'failed', outcome = 'erp', finished_at = now() WHERE job_id = $1",
            job
        );
        await bundle.ExecuteAsync(
            "INSERT INTO job_results (job_id, error) VALUES ($1, '{\"type\":\"erp\",\"message\":\"no\"}')",
            job
        );
        await bundle.ExecuteAsync(
            "INSERT INTO job_failures (job_id, no, group_id, at) VALUES ($1, 1, $2, now())",
            job,
            group
        );
        return job;
    }

    private static void GoTo(PageBundle bundle, string address) =>
        bundle.Services.GetRequiredService<BunitNavigationManager>().NavigateTo(address);

    [Fact]
    public async Task Where_nothing_failed_the_page_says_so_and_offers_no_retry()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<FailuresPage>();
        page.WaitForAssertion(
            () =>
                Assert.StartsWith(
                    "Nothing failed",
                    page.Find("[data-testid=empty]").TextContent.Trim(),
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("true", page.Find("[data-testid=retry-all]").GetAttribute("aria-disabled"));
    }

    [Fact]
    public async Task The_address_filters_and_text_of_agents_is_shown_safely()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await GroupAsync(bundle, Nasty);
        await GroupAsync(bundle, "Was fixed", "resolved");
        await GroupAsync(bundle, "Of another", agent: "ocr");
        await GroupAsync(bundle, "Secret", workspace: "vault");
        bundle.OnlyIn = "default";
        var page = bundle.Render<FailuresPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=failure-row]").Count), Patience);
        Assert.Contains("⟦U+202E⟧", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", page.Markup, StringComparison.Ordinal);

        GoTo(bundle, "/failures?status=all&agent=echo");
        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["Failed again", "Resolved"],
                    page.FindAll("[data-testid=failure-row] [data-status]")
                        .Select(s => s.TextContent == "Unresolved" ? "Failed again" : s.TextContent)
                        .Order()
                ),
            Patience
        );
        Assert.Equal(
            "all",
            page.FindAll(".ac-filter[aria-current]").Single().GetAttribute("href")!.Split('=')[1].Split('&')[0]
        );
    }

    [Fact]
    public async Task What_comes_waits_for_the_person_and_rows_change_where_they_stand()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var first = await GroupAsync(bundle, "First", minutesAgo: 5);
        var second = await GroupAsync(bundle, "Second", minutesAgo: 10);
        var page = bundle.Render<FailuresPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=failure-row]").Count), Patience);

        await GroupAsync(bundle, "Third");
        await bundle.ExecuteAsync("UPDATE failure_groups SET count = 41, last_seen_at = now() WHERE id = $1", second);
        await bundle.ExecuteAsync("UPDATE failure_groups SET status = 'resolved' WHERE id = $1", first);
        bundle.Feed.Publish(LiveTopic.Failures);
        page.WaitForElement("[data-testid=new-count]", Patience);
        var rows = page.FindAll("[data-testid=failure-row]");
        Assert.Equal(["First", "Second"], rows.Select(r => r.QuerySelector("a")!.TextContent));
        Assert.Contains("41", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("no longer matches", rows[0].TextContent, StringComparison.Ordinal);

        page.Press("[data-testid=new-count]", Patience);
        page.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["Second", "Third"],
                    page.FindAll("[data-testid=failure-row] a").Select(a => a.TextContent).Order()
                ),
            Patience
        );
    }

    [Fact]
    public async Task A_group_is_resolved_ignored_and_reopened_and_each_is_taken_back()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await GroupAsync(bundle, "Broke");
        var page = bundle.Render<FailurePage>(p => p.Add(c => c.Id, id));
        page.WaitForElement("[data-testid=resolve]", Patience);
        await page.InvokeAsync(() => page.Find("#fail-comment").Change("fixed in 3.2"));
        page.Press("[data-testid=resolve]", Patience);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "fixed in 3.2",
                    page.Find("[data-testid=decision]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Empty(page.FindAll("[data-testid=resolve]"));

        var notice = bundle.Services.GetRequiredService<Notices>().Open[^1];
        Assert.Equal("Resolved.", notice.Text);
        await page.InvokeAsync(() => notice.Undo!());
        page.WaitForElement("[data-testid=resolve]", Patience);
        Assert.Contains(
            "Nobody has decided",
            page.Find("[data-testid=decision]").TextContent,
            StringComparison.Ordinal
        );

        await page.InvokeAsync(() => page.Find(".fail-span").Change("day"));
        page.Press("[data-testid=ignore]", Patience);
        page.WaitForElement("[data-testid=reopen]", Patience);
        Assert.Contains("until", page.Find("[data-testid=decision]").TextContent, StringComparison.Ordinal);
        page.Press("[data-testid=reopen]", Patience);
        page.WaitForElement("[data-testid=ignore]", Patience);
        Assert.Equal(4, await bundle.CountAsync($"SELECT count(*) FROM audit_log WHERE target = 'failure:{id}'"));
    }

    [Fact]
    public async Task A_retry_leads_to_the_page_with_the_frozen_jobs()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await GroupAsync(bundle, Nasty);
        await FailedJobAsync(bundle, id, "one");
        var retried = await FailedJobAsync(bundle, id, "two");
        await bundle.ExecuteAsync(
            "UPDATE job_runs SET state = 'queued', outcome = NULL, finished_at = NULL, generation = 1 WHERE job_id = $1",
            retried
        );
        var page = bundle.Render<FailurePage>(p => p.Add(c => c.Id, id));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-testid=failed-job]").Count), Patience);
        Assert.Contains("⟦U+202E⟧", page.Find("[data-testid=example]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("script"));
        Assert.Contains("1 job of them was neither", page.Markup, StringComparison.Ordinal);

        page.Press("[data-testid=retry]", Patience);
        var navigation = bundle.Services.GetRequiredService<BunitNavigationManager>();
        page.WaitForAssertion(() => Assert.Contains("/jobs/bulk/", navigation.Uri, StringComparison.Ordinal), Patience);
        Assert.Equal(1, await bundle.CountAsync("SELECT total::bigint FROM bulk_actions"));
    }

    [Fact]
    public async Task Who_only_looks_reads_and_is_told_why_nothing_can_be_done_and_others_workspaces_are_not_there()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var open = await GroupAsync(bundle, "Broke");
        var hidden = await GroupAsync(bundle, "Secret", workspace: "vault");
        (bundle.Role, bundle.OnlyIn) = (Role.Viewer, "default");
        var page = bundle.Render<FailurePage>(p => p.Add(c => c.Id, open));
        page.WaitForElement("[data-testid=resolve]", Patience);
        foreach (var button in new[] { "resolve", "ignore", "retry" })
            Assert.Equal(FailureDesk.NeedsOperator, page.Find($"[data-testid={button}]").GetAttribute("title"));
        page.Press("[data-testid=resolve]", Patience);
        Assert.Equal(
            "unresolved",
            (await bundle.Services.GetRequiredService<FailureQueries>().FindAsync(open))!.Group.Status
        );

        var other = bundle.Render<FailurePage>(p => p.Add(c => c.Id, hidden));
        other.WaitForAssertion(
            () => Assert.Contains("There is no such group", other.Markup, StringComparison.Ordinal),
            Patience
        );
        Assert.DoesNotContain("Secret", other.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_leads_to_its_group()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await GroupAsync(bundle, "Broke");
        await bundle.ExecuteAsync("UPDATE failure_groups SET count = 14 WHERE id = $1", id);
        var job = await FailedJobAsync(bundle, id, "one");
        var page = bundle.Render<JobPage>(p => p.Add(c => c.Id, job.ToString()));
        var link = page.WaitForElement("[data-testid=failure-link]", Patience);
        Assert.Equal(("One of 14 like this", $"/failures/{id}"), (link.TextContent, link.GetAttribute("href")));
        var today = bundle.Render<FailedToday>();
        today.WaitForAssertion(
            () =>
                Assert.Contains(
                    "1 kind",
                    today.Find("[data-testid=failed-today]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }
}
