using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Access;

public sealed class AuditTests(PostgresFixture postgres)
{
    private static readonly Actor _maria = new("person:1", "Maria", "page 127.0.0.1");

    [Fact]
    public async Task Making_and_revoking_a_key_is_written_with_who_from_where_and_what()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var stop = TestContext.Current.CancellationToken;
        using var created = await admin.PostAsJsonAsync("/api/v1/keys", new { name = "ci", role = "operator" }, stop);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("key").GetProperty("id");
        (await admin.DeleteAsync($"/api/v1/keys/{id}", stop)).Dispose();

        var lines = await admin.GetFromJsonAsync<JsonElement>($"/api/v1/audit?target=key:{id}", stop);

        var items = lines.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["key.revoked", "key.created"], items.Select(item => item.GetProperty("action").GetString()));
        Assert.All(items, item => Assert.Equal("bootstrap", item.GetProperty("actorName").GetString()));
        Assert.All(
            items,
            item => Assert.StartsWith("REST ", item.GetProperty("from").GetString(), StringComparison.Ordinal)
        );
        Assert.Equal("operator", items[1].GetProperty("after").GetProperty("role").GetString());
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_double()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        await AppendAsync(host, 25);
        using var admin = host.Program(AccessHost.AdminKey);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await admin.GetFromJsonAsync<JsonElement>(
                $"/api/v1/audit?actor=person:1&limit=10{(cursor is null ? "" : $"&cursor={cursor}")}",
                TestContext.Current.CancellationToken
            );
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("target").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(no => $"thing:{no}"), seen);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("TRUNCATE audit_log")]
    [InlineData("SET agentcontrol.retention = 'on'; DELETE FROM audit_log")]
    public async Task What_was_written_stays(string attempt)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var before = await host.AskAsync<string>("SELECT string_agg(a::text, '') FROM audit_log a");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => host.AskAsync<object>(attempt));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        Assert.NotNull(before);
        Assert.Equal(before, await host.AskAsync<string>("SELECT string_agg(a::text, '') FROM audit_log a"));
    }

    [Fact]
    public async Task A_line_goes_with_its_transaction()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var stop = TestContext.Current.CancellationToken;
        await using var context = await host
            .Services.GetRequiredService<IDbContextFactory<ControlDbContext>>()
            .CreateDbContextAsync(stop);
        await using (await context.Database.BeginTransactionAsync(stop))
            await context.AppendAsync(new AuditEntry(_maria, "thing.done", "thing:x"), stop);

        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM audit_log WHERE target = 'thing:x'"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=x", "cursor")]
    public async Task A_bad_filter_is_named(string query, string field)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);

        using var answer = await admin.GetAsync($"/api/v1/audit?{query}", TestContext.Current.CancellationToken);

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    private static async Task AppendAsync(AccessHost host, int count)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var context = await host
            .Services.GetRequiredService<IDbContextFactory<ControlDbContext>>()
            .CreateDbContextAsync(stop);
        for (var no = 0; no < count; no++)
        {
            var entry = new AuditEntry(_maria, "thing.done", $"thing:{no}") { After = new { no, text = "a\0b" } };
            await context.AppendAsync(entry, stop);
        }
    }
}
