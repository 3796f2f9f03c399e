using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Services;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Rest;

public sealed class ServiceTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly Actor _ana = new("person:ana", "Ana", "test");
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_admin_blocks_a_service_everybody_sees_it_and_an_admin_lets_it_go()
    {
        var name = await KnownAsync();
        using var blocked = await program.Admin.PostAsJsonAsync(
            $"services/{name}/block",
            new { minutes = 30, reason = "New keys" },
            Now
        );
        Assert.Equal(HttpStatusCode.OK, blocked.StatusCode);
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        var service = await FindAsync(viewer, name);
        var circuit = service.GetProperty("circuit");
        Assert.Equal(("blocked", "New keys"), (circuit.Text("state"), circuit.Text("reason")));
        Assert.InRange(
            circuit.GetProperty("until").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(29),
            DateTimeOffset.UtcNow.AddMinutes(31)
        );
        Assert.Equal(5, service.GetProperty("policy").GetProperty("retry").GetProperty("maxRetries").GetInt32());

        using var reset = await program.Admin.PostAsync(new Uri($"services/{name}/reset", UriKind.Relative), null, Now);
        Assert.Equal(HttpStatusCode.OK, reset.StatusCode);
        Assert.Equal("closed", (await FindAsync(viewer, name)).GetProperty("circuit").Text("state"));
    }

    [Theory]
    [InlineData("reset", null)]
    [InlineData("test", null)]
    [InlineData("block", """{"minutes":5}""")]
    public async Task Only_an_admin_changes_a_circuit_and_only_of_a_service_that_is_known(string what, string? body)
    {
        var name = await KnownAsync();
        using var operators = program.ClientOf(await program.KeyAsync(Role.Operator));
        using var refused = await PostAsync(operators, $"services/{name}/{what}", body);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var unknown = await PostAsync(program.Admin, $"services/never-seen/{what}", body);
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"minutes":0}""")]
    [InlineData("""{"minutes":10081}""")]
    public async Task A_block_says_how_long(string body)
    {
        using var answer = await PostAsync(program.Admin, $"services/{await KnownAsync()}/block", body);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("minutes", problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_service_tells_its_calls_bucket_by_bucket_and_what_its_circuit_did()
    {
        var name = await KnownAsync();
        var detail = await program.Admin.GetFromJsonAsync<JsonElement>($"services/{name}?window=6h", Now);
        Assert.Equal(600, detail.GetProperty("bucketSeconds").GetInt32());
        Assert.Equal(36, detail.GetProperty("series").GetArrayLength());
        var change = Assert.Single(detail.GetProperty("changes").EnumerateArray());
        Assert.Equal(("blocked", "Ana"), (change.Text("state"), change.Text("changedBy")));
        Assert.Equal(JsonValueKind.Null, detail.GetProperty("service").GetProperty("latencyMs").ValueKind);

        using var tested = await program.Admin.PostAsync(new Uri($"services/{name}/test", UriKind.Relative), null, Now);
        Assert.Equal(HttpStatusCode.OK, tested.StatusCode);
        var circuit = (await tested.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("circuit");
        Assert.InRange(
            circuit.GetProperty("until").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddMinutes(-1),
            DateTimeOffset.UtcNow
        );
    }

    [Theory]
    [InlineData("services?window=1w", HttpStatusCode.BadRequest)]
    [InlineData("services/{name}?window=-1h", HttpStatusCode.BadRequest)]
    [InlineData("services/never-seen", HttpStatusCode.NotFound)]
    public async Task A_window_that_is_none_and_a_service_that_is_none_are_refused(string path, HttpStatusCode status)
    {
        using var answer = await program.Admin.GetAsync(
            new Uri(path.Replace("{name}", await KnownAsync(), StringComparison.Ordinal), UriKind.Relative),
            Now
        );
        var problem = await answer.ProblemAsync(status, status == HttpStatusCode.NotFound ? "notFound" : "invalid");
        if (status == HttpStatusCode.BadRequest)
            Assert.Contains("1h, 6h, 24h", problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
    }

    private async Task<string> KnownAsync()
    {
        var name = $"erp-{Guid.NewGuid():n}";
        await program
            .Services.GetRequiredService<ServiceCommands>()
            .BlockAsync(name, TimeSpan.FromMinutes(1), null, _ana, Now);
        return name;
    }

    private static async Task<JsonElement> FindAsync(HttpClient client, string name) =>
        (await client.GetFromJsonAsync<JsonElement>("services", Now))
            .GetProperty("items")
            .EnumerateArray()
            .Single(s => s.Text("name") == name);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string? body)
    {
        using var content = body is null ? null : new StringContent(body, null, "application/json");
        return await client.PostAsync(new Uri(path, UriKind.Relative), content, Now);
    }
}
