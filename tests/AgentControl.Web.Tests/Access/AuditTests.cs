using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using AgentControl.Web.Shared;
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

    [Fact]
    public async Task Pages_of_the_program_hear_of_a_line_that_nobody_told_them_of()
    {
        await using var program = await ProgramHost.StartAsync(postgres);
        var heard = Channel.CreateUnbounded<bool>();
        using var page = program
            .Services.GetRequiredService<ILiveFeed>()
            .Subscribe(LiveTopic.Audit, () => heard.Writer.TryWrite(true));
        await HeardAsync();

        await using var context = await program
            .Services.GetRequiredService<IDbContextFactory<ControlDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        await context.AppendAsync(new(_maria, "thing.done", "thing:1"), TestContext.Current.CancellationToken);

        await HeardAsync();

        async Task HeardAsync() =>
            await heard
                .Reader.ReadAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
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

    [Fact]
    public async Task An_export_has_every_line_of_the_filter_and_nothing_that_a_spreadsheet_computes()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        await AppendAsync(host, 450, "=HYPERLINK(\"http://x\",\"y\")");
        await AppendAsync(host, 3);
        using var admin = host.Program(AccessHost.AdminKey);
        var stop = TestContext.Current.CancellationToken;

        using var csv = await admin.GetAsync("/api/v1/audit/export?format=csv&who=hyperlink&action=thing.", stop);
        using var json = await admin.GetAsync("/api/v1/audit/export?format=json&who=HYPERLINK", stop);

        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("audit-", csv.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
        var rows = (await csv.Content.ReadAsStringAsync(stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(451, rows.Length);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",", rows[1], StringComparison.Ordinal);
        var lines = JsonElement.Parse(await json.Content.ReadAsStringAsync(stop));
        Assert.Equal(450, lines.GetArrayLength());
        Assert.Equal(449, lines[0].GetProperty("after").GetProperty("no").GetInt32());
        using var bad = await admin.GetAsync("/api/v1/audit/export?format=xlsx", stop);
        Assert.Equal(400, (int)bad.StatusCode);
    }

    [Theory]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("plain", "plain")]
    public void A_cell_stays_a_text(string value, string cell)
    {
        var told = AgentControl.Web.Audit.AuditExport.Cell(value);

        Assert.Equal(cell.Trim('"'), told.Trim('"'));
    }

    [Fact]
    public async Task Verify_answers_the_end_of_the_chain_and_holds_the_log_against_a_noted_one()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        using var admin = host.Program(AccessHost.AdminKey);
        var stop = TestContext.Current.CancellationToken;
        var now = await admin.GetFromJsonAsync<JsonElement>("/api/v1/audit/verify", stop);
        Assert.True(now.GetProperty("whole").GetBoolean());
        var head = now.GetProperty("head").GetString()!;

        var other = head[..^1] + (head[^1] == '0' ? '1' : '0');
        var broken = await admin.GetFromJsonAsync<JsonElement>($"/api/v1/audit/verify?head={other}", stop);
        using var bad = await admin.GetAsync("/api/v1/audit/verify?head=x", stop);

        Assert.Contains(
            "not the one that was noted",
            broken.GetProperty("problem").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(400, (int)bad.StatusCode);
    }

    private static async Task AppendAsync(AccessHost host, int count, string name = "Maria")
    {
        var stop = TestContext.Current.CancellationToken;
        await using var context = await host
            .Services.GetRequiredService<IDbContextFactory<ControlDbContext>>()
            .CreateDbContextAsync(stop);
        for (var no = 0; no < count; no++)
        {
            var entry = new AuditEntry(_maria with { Name = name }, "thing.done", $"thing:{no}")
            {
                After = new { no, text = "a\0b" },
            };
            await context.AppendAsync(entry, stop);
        }
    }
}
