using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Saved views of the list of jobs: one's own, and the team's.</summary>
public sealed class JobViewTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<HttpClient> KeyAsync(Role role)
    {
        var made = await program
            .Services.GetRequiredService<ApiKeys>()
            .CreateAsync(Caller.System, new NewApiKey($"k{Guid.NewGuid():N}", role), Stop);
        return program.ClientOf(Assert.IsType<ApiKeyOutcome.Created>(made).Secret);
    }

    private static async Task<JsonElement[]> ListAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("job-views", Stop)).Items()];

    [Fact]
    public async Task A_view_is_ones_own_or_the_teams_and_only_operators_change_the_teams()
    {
        using var viewer = await KeyAsync(Role.Viewer);
        using var other = await KeyAsync(Role.Viewer);
        using var own = await viewer.PostAsJsonAsync("job-views", new { name = "Late", query = "older:2h" }, Stop);
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
        using var replaced = await viewer.PostAsJsonAsync(
            "job-views",
            new
            {
                name = "Late",
                query = "older:4h",
                scope = "all",
                sort = "oldest",
            },
            Stop
        );
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        var seen = Assert.Single(await ListAsync(viewer), v => v.Text("name") == "Late");
        Assert.Equal(("older:4h", "all", "oldest"), (seen.Text("query"), seen.Text("scope"), seen.Text("sort")));
        Assert.DoesNotContain(await ListAsync(other), v => v.Text("name") == "Late");

        using var team = await viewer.PostAsJsonAsync("job-views", new { name = "Ours", team = true }, Stop);
        await team.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        using var made = await program.Admin.PostAsJsonAsync("job-views", new { name = "Ours", team = true }, Stop);
        var shared = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("id");
        Assert.Contains(await ListAsync(other), v => v.Text("id") == shared);
        using var refused = await viewer.DeleteAsync($"job-views/{shared}", Stop);
        await refused.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        using var notTheirs = await other.DeleteAsync($"job-views/{seen.Text("id")}", Stop);
        await notTheirs.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        using var gone = await viewer.DeleteAsync($"job-views/{seen.Text("id")}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_searched_is_refused_by_its_field()
    {
        using var wrong = await program.Admin.PostAsJsonAsync(
            "job-views",
            new
            {
                name = " ",
                query = "older:soon",
                scope = "some",
            },
            Stop
        );
        await wrong.FieldAsync("name");
        await wrong.FieldAsync("query");
        await wrong.FieldAsync("scope");
    }
}
