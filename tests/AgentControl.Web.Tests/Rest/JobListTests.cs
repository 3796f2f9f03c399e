using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

public sealed class JobListTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Fact]
    public async Task Pages_hold_every_job_once_newest_first()
    {
        var items = Enumerable.Range(0, 25).Select(_ => new { steps = 0 });
        using var made = await program.Admin.PostAsJsonAsync(
            "jobs/batch",
            new
            {
                agent = "synthetic",
                items,
                name = "paged",
            }
        );
        var batch = (await made.Content.ReadFromJsonAsync<JsonElement>()).Text("batchId");

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await program.Admin.GetFromJsonAsync<JsonElement>(
                $"jobs?batchId={batch}&limit=10&cursor={cursor}"
            );
            seen.AddRange(page.Items().Select(j => j.Text("id")!));
            cursor = page.Text("nextCursor");
        } while (cursor is not null);

        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("label:nonsense", "nonsense", "needs_approval")]
    [InlineData("state:nope", "nope", "succeeded")]
    [InlineData("agent:synthetic older:banana", "older:banana", "older:2h")]
    [InlineData("cost:much", "cost:much", "cost:>1.50")]
    [InlineData("parent:me", "parent:me", "whole id")]
    public async Task A_search_that_is_not_understood_is_refused_with_its_remedy(
        string search,
        string term,
        string remedy
    )
    {
        foreach (var route in new[] { "jobs", "jobs/counts" })
        {
            using var answer = await program.Admin.GetAsync($"{route}?search={Uri.EscapeDataString(search)}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            var told = problem.GetProperty("errors").GetProperty("search")[0].GetString();
            Assert.Contains(term, told, StringComparison.Ordinal);
            Assert.Contains(remedy, told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Each_filter_finds_its_jobs_and_no_others()
    {
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1, approvalAtStep = 1 },
                name = "Filtered One",
                queue = "review",
                tags = new[] { "tax", "2026" },
            }
        );
        var other = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 0 },
                name = "filler",
                runAt = "2099-01-01T00:00:00Z",
            }
        );
        await program.WaitForAsync(job.Text("id")!, "waiting");
        string[] matching =
        [
            "state=waiting",
            "label=needs_approval",
            "queue=review",
            "tag=tax",
            "tag=tax,2026",
            "q=filtered",
            $"q={job.Text("id")![..13]}",
            $"q={job.Text("shortId")}",
            "search=state:waiting%20queue:review",
            "search=owner:me%20filtered",
            "agent=synthetic&state=waiting",
            "workspace=default&tag=2026",
            "submittedAfter=2020-01-01T00:00:00Z&q=filtered",
            "state=waiting&state=queued",
        ];
        string[] others =
        [
            "state=scheduled",
            "label=scheduled",
            "queue=extract",
            "tag=2025",
            "tag=tax,2025",
            "q=iltered",
            "agent=contracts",
            "submittedBefore=2020-01-01T00:00:00Z",
            "search=owner:nobody",
            "search=older:1h",
            "batchId=0193f7a2-0000-7000-8000-000000000000",
        ];

        foreach (var filter in matching)
            Assert.True((await IdsAsync(filter)).Contains(job.Text("id")!), $"{filter} does not find the job.");
        foreach (var filter in others)
            Assert.False((await IdsAsync(filter)).Contains(job.Text("id")!), $"{filter} finds the job.");
        Assert.Contains(other.Text("id")!, await IdsAsync("state=scheduled"));
    }

    [Fact]
    public async Task Counts_tell_each_label_under_the_same_filter()
    {
        await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                name = "counted",
                runAt = "2099-01-01T00:00:00Z",
            }
        );

        var counts = await program.Admin.GetFromJsonAsync<JsonElement>("jobs/counts?q=counted&label=failed");

        Assert.Equal(1, counts.GetProperty("byLabel").GetProperty("scheduled").GetInt32());
        Assert.Equal(1, counts.GetProperty("total").GetInt32());
        Assert.Equal(15, counts.GetProperty("byLabel").EnumerateObject().Count());
    }

    [Fact]
    public async Task A_caller_of_another_workspace_sees_nothing()
    {
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                name = "private",
                runAt = "2099-01-01T00:00:00Z",
            }
        );
        using var foreign = program.ClientOf(await program.KeyAsync(Role.Admin, "legal"));

        var listed = await foreign.GetFromJsonAsync<JsonElement>("jobs");
        using var single = await foreign.GetAsync(new Uri($"jobs/{job.Text("id")}", UriKind.Relative));

        Assert.Empty(listed.Items());
        await single.ProblemAsync(System.Net.HttpStatusCode.Forbidden, "forbidden");
    }

    private async Task<List<string>> IdsAsync(string filter) =>
        [
            .. (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs?{filter}&limit=200"))
                .Items()
                .Select(j => j.Text("id")!),
        ];
}
