using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Workspaces;

/// <summary>Older versions, the bin, the quota and zips over real HTTP.</summary>
public sealed class KeptEndpointsTests(PostgresFixture fixture)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_older_version_is_written_anew_and_nothing_is_lost()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        var large = new string('x', 200_000);
        await PutAsync(host, "a.txt", large);
        using var second = await PutAsync(host, "a.txt", "second");

        using var stale = await PostAsync(host, "default/versions/a.txt?version=1", "\"1-0000000000000000\"");
        using var back = await PostAsync(host, "default/versions/a.txt?version=1", second.Headers.ETag!.ToString());
        using var none = await PostAsync(host, "default/versions/a.txt?version=9");
        using var unsaid = await PostAsync(host, "default/versions/a.txt");

        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Equal(3, (await JsonAsync(back)).GetProperty("version").GetInt32());
        Assert.Equal(large, await host.Admin.GetStringAsync("default/files/a.txt", Now));
        Assert.Equal("second", await host.Admin.GetStringAsync("default/files/a.txt?version=2", Now));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal("file.notFound", (await JsonAsync(none)).GetProperty("code").GetString());
        Assert.True((await JsonAsync(unsaid)).GetProperty("errors").TryGetProperty("version", out _));
        Assert.Equal("1", await AuditAsync(host, "SELECT max(after::jsonb ->> 'ofVersion') FROM audit_log"));
    }

    [Fact]
    public async Task A_folder_is_one_zip_with_names_that_unpack_anywhere()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        var large = new byte[700_000];
        new Random(3).NextBytes(large);
        using var put = await host.Admin.PutAsync("default/files/in/deep/large.bin", new ByteArrayContent(large), Now);
        await PutAsync(host, "in/Gr%C3%BC%C3%9Fe%3A1.txt", "hello");
        await PutAsync(host, "in/a.txt", "small");
        await PutAsync(host, "in/A.txt", "large");
        await PutAsync(host, "inside.txt", "no part of it");

        using var answer = await host.Admin.GetAsync("default/zip/in", Now);
        await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(Now));

        Assert.Equal("application/zip", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("in.zip", answer.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal(
            ["A.txt", "Grüße_1.txt", "a (2).txt", "deep/large.bin"],
            zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal)
        );
        using var bytes = new MemoryStream();
        await using (var content = await zip.GetEntry("deep/large.bin")!.OpenAsync(Now))
            await content.CopyToAsync(bytes, Now);
        Assert.Equal(large, bytes.ToArray());
    }

    [Theory]
    [InlineData("default/zip/nothing", HttpStatusCode.NotFound, "folder.notFound")]
    [InlineData("default/zip/..%2F..%2Fetc", HttpStatusCode.NotFound, "folder.notFound")]
    [InlineData("default/zip/in%5C..", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("other/zip/", HttpStatusCode.NotFound, "workspace.notFound")]
    public async Task What_is_no_folder_is_no_zip(string address, HttpStatusCode status, string code)
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);

        using var answer = await host.Admin.GetAsync(address, Now);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, (await JsonAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_folder_above_the_limit_is_refused_before_its_first_byte()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture, ("AgentControl:Files:MaxZipBytes", "1000"));
        await PutAsync(host, "in/a.txt", new string('a', 600));
        await PutAsync(host, "in/b.txt", new string('b', 600));

        using var answer = await host.Admin.GetAsync("default/zip/in", Now);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains(
            "1000 bytes",
            (await JsonAsync(answer)).GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Only_admins_empty_the_bin_and_only_the_bin()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var approver = await host.ClientAsync(Role.Approver);
        await PutAsync(host, "stays.txt", "here");
        await PutAsync(host, "goes.txt", "gone");
        using var deleted = await host.Admin.DeleteAsync("default/files/goes.txt", Now);

        using var refused = await approver.DeleteAsync("default/bin", Now);
        using var emptied = await host.Admin.DeleteAsync("default/bin", Now);
        using var again = await host.Admin.DeleteAsync("default/bin", Now);
        using var back = await PostAsync(host, "default/bin/goes.txt");
        using var old = await host.Admin.GetAsync("default/files/goes.txt?version=1", Now);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(1, (await JsonAsync(emptied)).GetProperty("files").GetInt32());
        Assert.Equal(0, (await JsonAsync(again)).GetProperty("files").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, back.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        Assert.Equal("here", await host.Admin.GetStringAsync("default/files/stays.txt", Now));
        Assert.Equal("1", await AuditAsync(host, "SELECT count(*)::text FROM audit_log WHERE action = 'bin.emptied'"));
    }

    [Fact]
    public async Task What_came_into_the_bin_after_the_question_stays()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        await PutAsync(host, "a.txt", "a");
        await PutAsync(host, "b.txt", "b");
        using var first = await host.Admin.DeleteAsync("default/files/a.txt", Now);
        var bin = host.Get<WorkspaceBin>();
        var (files, at) = await bin.CountAsync("default", Now);
        using var second = await host.Admin.DeleteAsync("default/files/b.txt", Now);

        var gone = await bin.EmptyAsync("default", at, Author.Program("test"), Now);
        using var back = await PostAsync(host, "default/bin/b.txt");

        Assert.Equal((1, 1), (files, gone));
        Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
    }

    [Fact]
    public async Task A_full_workspace_refuses_with_the_limit_and_the_remedy()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        await PutAsync(host, "a.txt", new string('a', 600));
        using var set = await QuotaAsync(host, new { maxBytes = 1000, maxFiles = 2 });

        using var over = await PutAsync(host, "b.txt", new string('b', 600));
        using var fits = await PutAsync(host, "b.txt", new string('b', 300));
        using var third = await PutAsync(host, "c.txt", "c");
        using var newer = await PutAsync(host, "a.txt", new string('c', 101));
        using var small = await PutAsync(host, "a.txt", new string('c', 100));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, over.StatusCode);
        var problem = await JsonAsync(over);
        Assert.Equal("workspace.full", problem.GetProperty("code").GetString());
        Assert.Contains(
            "1000 bytes and would have 1200",
            problem.GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );
        Assert.Contains("empty the bin", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
        Assert.Contains(
            "2 files and would have 3",
            (await JsonAsync(third)).GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, newer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        var usage = await host.Admin.GetFromJsonAsync<JsonElement>("default/quota", Now);
        Assert.Equal((1000L, 2L), (usage.GetProperty("bytes").GetInt64(), usage.GetProperty("files").GetInt64()));
    }

    [Fact]
    public async Task Two_writers_do_not_both_take_the_last_room()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var set = await QuotaAsync(host, new { maxBytes = 1000 });

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => PutAsync(host, $"{i}.txt", new string((char)('a' + i), 400)))
        );

        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(10, answers.Count(a => a.StatusCode == HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task A_quota_is_checked_guarded_and_audited()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var approver = await host.ClientAsync(Role.Approver);

        using var negative = await QuotaAsync(host, new { maxBytes = -1 });
        using var stranger = await approver.PutAsJsonAsync("default/quota", new { maxBytes = 1 }, Now);
        using var unknown = await host.Admin.PutAsJsonAsync("nowhere/quota", new { maxBytes = 1 }, Now);
        using var set = await QuotaAsync(host, new { maxFiles = 5 });
        using var lifted = await QuotaAsync(host, new { });

        Assert.Equal(HttpStatusCode.BadRequest, negative.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(5, (await JsonAsync(set)).GetProperty("maxFiles").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await JsonAsync(lifted)).GetProperty("maxFiles").ValueKind);
        Assert.Equal(
            "2",
            await AuditAsync(host, "SELECT count(*)::text FROM audit_log WHERE action = 'workspace.quotaChanged'")
        );
    }

    [Theory]
    [InlineData("%PDF-1.7 …", "inline", "frame-ancestors 'self'")]
    [InlineData("<script>alert(1)</script>", "attachment", "default-src 'none'; sandbox")]
    public async Task Only_what_is_a_pdf_is_shown_as_one(string text, string disposition, string policy)
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var put = await host.Admin.PutAsync(
            "default/files/a.pdf",
            new ByteArrayContent(Encoding.UTF8.GetBytes(text)),
            Now
        );

        using var got = await host.Admin.GetAsync("default/files/a.pdf", Now);

        Assert.Equal(disposition, got.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("application/pdf", got.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains(policy, got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(text, await got.Content.ReadAsStringAsync(Now));
    }

    private static Task<HttpResponseMessage> PutAsync(WorkspaceHost host, string path, string text) =>
        host.Admin.PutAsync($"default/files/{path}", new StringContent(text), Now);

    private static Task<HttpResponseMessage> QuotaAsync(WorkspaceHost host, object quota) =>
        host.Admin.PutAsJsonAsync("default/quota", quota, Now);

    private static async Task<HttpResponseMessage> PostAsync(WorkspaceHost host, string address, string? match = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        return await host.Admin.SendAsync(request, Now);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>(Now);

    private static async Task<string?> AuditAsync(WorkspaceHost host, string sql)
    {
        await using var command = host.Get<Npgsql.NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync(Now) as string;
    }
}
