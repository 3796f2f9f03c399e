using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Workspaces;

public sealed class FilesEndpointsTests(PostgresFixture fixture)
{
    [Fact]
    public async Task A_file_goes_in_and_comes_out_byte_for_byte()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        var bytes = new byte[900_000];
        new Random(1).NextBytes(bytes);

        using var made = await host.Admin.PutAsync(
            "default/files/inbox/Gro%C3%9Fe%20Datei.bin",
            new ByteArrayContent(bytes)
        );
        using var got = await host.Admin.GetAsync("default/files/inbox/Gro%C3%9Fe%20Datei.bin");

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(
            "/api/v1/workspaces/default/files/inbox/Gro%C3%9Fe%20Datei.bin",
            made.Headers.Location!.OriginalString
        );
        Assert.Equal(bytes, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal(made.Headers.ETag, got.Headers.ETag);
        Assert.Equal("attachment", got.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("Große Datei.bin", got.Content.Headers.ContentDisposition.FileNameStar);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("a.txt", "text/plain", "inline", "text/plain")]
    [InlineData("a.png", null, "inline", "image/png")]
    [InlineData("a.html", "text/html", "attachment", "text/html")]
    [InlineData("a.svg", null, "attachment", "image/svg+xml")]
    [InlineData("a.json", null, "attachment", "application/json")]
    [InlineData("a.txt", "image/svg+xml", "attachment", "image/svg+xml")]
    [InlineData("a.txt", "not a type", "inline", "text/plain")]
    public async Task Only_what_runs_nothing_is_shown_in_place(
        string name,
        string? type,
        string disposition,
        string served
    )
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var content = new StringContent("<script>alert(1)</script>");
        content.Headers.Remove("Content-Type");
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var put = await host.Admin.PutAsync($"default/files/{name}", content);

        using var got = await host.Admin.GetAsync($"default/files/{name}");
        using var saved = await host.Admin.GetAsync($"default/files/{name}?download=true");

        Assert.Equal(disposition, got.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(served, got.Content.Headers.ContentType!.MediaType);
        Assert.Equal("default-src 'none'; sandbox", got.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Ranges_versions_heads_and_conditions_work()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var one = await host.Admin.PutAsync("default/files/a.txt", new StringContent("0123456789"));
        using var two = await host.Admin.PutAsync("default/files/a.txt", new StringContent("second"));

        using var part = new HttpRequestMessage(HttpMethod.Get, "default/files/a.txt?version=1")
        {
            Headers = { Range = new RangeHeaderValue(2, 4) },
        };
        using var range = await host.Admin.SendAsync(part);
        using var same = new HttpRequestMessage(HttpMethod.Get, "default/files/a.txt")
        {
            Headers = { IfNoneMatch = { two.Headers.ETag! } },
        };
        using var unchanged = await host.Admin.SendAsync(same);
        using var head = await host.Admin.SendAsync(new HttpRequestMessage(HttpMethod.Head, "default/files/a.txt"));
        var versions = await host.Admin.GetFromJsonAsync<JsonElement>("default/versions/a.txt");

        Assert.Equal(
            (HttpStatusCode.PartialContent, "234"),
            (range.StatusCode, await range.Content.ReadAsStringAsync())
        );
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(6, head.Content.Headers.ContentLength);
        Assert.Equal(
            [2, 1],
            versions.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("version").GetInt32())
        );
        await AssertProblemAsync(
            await host.Admin.GetAsync("default/files/a.txt?version=9"),
            HttpStatusCode.NotFound,
            "file.notFound"
        );
    }

    [Fact]
    public async Task Of_two_writers_with_one_ETag_the_second_gets_412_with_the_one_that_stands()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var made = await host.Admin.PutAsync("default/files/a.txt", new StringContent("start"));

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    using var put = new HttpRequestMessage(HttpMethod.Put, "default/files/a.txt")
                    {
                        Content = new StringContent($"writer {i}"),
                        Headers = { IfMatch = { made.Headers.ETag! } },
                    };
                    return await host.Admin.SendAsync(put);
                })
        );

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
            Assert.Equal(
                2,
                (await AssertProblemAsync(lost, HttpStatusCode.PreconditionFailed, "file.changed"))
                    .GetProperty("version")
                    .GetInt32()
            );
    }

    [Theory]
    [InlineData("If-Match", "\"9-0123456789abcdef\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "W/\"1-0\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "rubbish", HttpStatusCode.BadRequest)]
    [InlineData("If-Match", "*", HttpStatusCode.OK)]
    [InlineData("If-None-Match", "*", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-None-Match", "\"1-0\"", HttpStatusCode.BadRequest)]
    public async Task A_condition_is_kept_or_refused_but_never_overlooked(
        string header,
        string value,
        HttpStatusCode expected
    )
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var made = await host.Admin.PutAsync("default/files/a.txt", new StringContent("start"));
        using var put = new HttpRequestMessage(HttpMethod.Put, "default/files/a.txt")
        {
            Content = new StringContent("next"),
        };
        put.Headers.TryAddWithoutValidation(header, value);

        using var answer = await host.Admin.SendAsync(put);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(
            expected == HttpStatusCode.OK ? "next" : "start",
            await host.Admin.GetStringAsync("default/files/a.txt")
        );
    }

    [Fact]
    public async Task The_same_key_writes_once_and_another_body_is_refused()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        async Task<HttpResponseMessage> PutAsync(string text)
        {
            using var put = new HttpRequestMessage(HttpMethod.Put, "default/files/a.txt")
            {
                Content = new StringContent(text),
            };
            put.Headers.Add("Idempotency-Key", "k1");
            return await host.Admin.SendAsync(put);
        }

        using var first = await PutAsync("one");
        using var between = await host.Admin.PutAsync("default/files/a.txt", new StringContent("two"));
        using var again = await PutAsync("one");

        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        Assert.Equal("two", await host.Admin.GetStringAsync("default/files/a.txt"));
        await AssertProblemAsync(await PutAsync("three"), HttpStatusCode.UnprocessableEntity, "idempotency.reused");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_over_the_limit_gets_413_and_leaves_nothing(bool announced)
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var content = new ByteArrayContent(new byte[1_000_001]);
        using var put = new HttpRequestMessage(HttpMethod.Put, "default/files/big.bin") { Content = content };
        put.Headers.TransferEncodingChunked = !announced;
        put.Headers.ExpectContinue = true;

        await AssertProblemAsync(
            await host.Admin.SendAsync(put),
            HttpStatusCode.RequestEntityTooLarge,
            "file.tooLarge"
        );

        await AssertProblemAsync(
            await host.Admin.GetAsync("default/files/big.bin"),
            HttpStatusCode.NotFound,
            "file.notFound"
        );
    }

    [Theory]
    [InlineData("/api/v1/workspaces/default/files/../../../etc/passwd")]
    [InlineData("/api/v1/workspaces/default/files/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/api/v1/workspaces/default/files/..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/v1/workspaces/default/files/%252e%252e%252fetc%252fpasswd")]
    [InlineData("/api/v1/workspaces/default/files/..%5c..%5cetc")]
    [InlineData("/api/v1/workspaces/default/files/a%00.txt")]
    [InlineData("/api/v1/workspaces/default/files//etc/passwd")]
    [InlineData("/api/v1/workspaces/default/files/a//b")]
    [InlineData("/api/v1/workspaces/default/files/a%0d%0aSet-Cookie:x")]
    [InlineData("/api/v1/workspaces/..%2fdefault/files/a")]
    public async Task A_name_that_leaves_is_refused_on_the_wire(string target)
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        var key = host.Admin.DefaultRequestHeaders.Authorization;
        foreach (var method in new[] { "GET", "PUT" })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
                ),
                TestContext.Current.CancellationToken
            );
            using var reader = new StreamReader(stream);

            var status = await reader.ReadLineAsync(TestContext.Current.CancellationToken);

            Assert.Matches("^HTTP/1.1 40[0345] ", status!);
        }
        var list = await host.Admin.GetFromJsonAsync<JsonElement>("default/files");
        Assert.Empty(list.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_long_name_and_a_name_of_the_program_are_refused()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);

        await AssertProblemAsync(
            await host.Admin.PutAsync($"default/files/{new string('a', 300)}", new StringContent("x")),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        await AssertProblemAsync(
            await host.Admin.PutAsync($"default/files/jobs/{Guid.NewGuid()}/progress.json", new StringContent("x")),
            HttpStatusCode.Conflict,
            "file.readOnly"
        );
        await AssertProblemAsync(
            await host.Admin.PutAsync("nowhere/files/a", new StringContent("x")),
            HttpStatusCode.NotFound,
            "workspace.notFound"
        );
    }

    [Fact]
    public async Task A_deleted_file_lies_in_the_bin_and_comes_back()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var made = await host.Admin.PutAsync("default/files/a.txt", new StringContent("x"));

        using var deleted = await host.Admin.DeleteAsync("default/files/a.txt");
        await AssertProblemAsync(
            await host.Admin.GetAsync("default/files/a.txt"),
            HttpStatusCode.NotFound,
            "file.notFound"
        );
        var bin = await host.Admin.GetFromJsonAsync<JsonElement>("default/files?bin=true");
        using var back = await host.Admin.PostAsync("default/bin/a.txt", null);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal("a.txt", bin.GetProperty("items")[0].GetProperty("path").GetString());
        Assert.Equal(HttpStatusCode.NoContent, back.StatusCode);
        Assert.Equal("x", await host.Admin.GetStringAsync("default/files/a.txt"));
    }

    [Fact]
    public async Task Lists_are_paged_and_their_parameters_checked()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        foreach (var name in new[] { "in/a", "in/b", "in/c", "out/d" })
            (await host.Admin.PutAsync($"default/files/{name}", new StringContent(name))).Dispose();

        var first = await host.Admin.GetFromJsonAsync<JsonElement>("default/files?prefix=in/&limit=2");
        var next = await host.Admin.GetFromJsonAsync<JsonElement>(
            $"default/files?prefix=in/&limit=2&cursor={first.GetProperty("nextCursor").GetString()}"
        );

        Assert.Equal(["in/a", "in/b"], Paths(first));
        Assert.Equal(["in/c"], Paths(next));
        Assert.Equal(JsonValueKind.Null, next.GetProperty("nextCursor").ValueKind);
        foreach (
            var bad in new[]
            {
                "limit=0",
                "limit=201",
                "limit=x",
                "cursor=!",
                "prefx=in/",
                "bin=maybe",
                "prefix=../",
                "prefix=/x",
            }
        )
            await AssertProblemAsync(
                await host.Admin.GetAsync($"default/files?{bad}"),
                HttpStatusCode.BadRequest,
                "invalid"
            );
    }

    [Fact]
    public async Task Each_role_may_what_it_may_and_only_in_its_workspace()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var acme = await host.Admin.PutAsync("acme", null);
        using var stranger = host.ClientOf(null);
        using var viewer = await host.ClientAsync(Role.Viewer);
        using var operators = await host.ClientAsync(Role.Operator);
        using var made = await operators.PutAsync("default/files/a.txt", new StringContent("x"));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("x", await viewer.GetStringAsync("default/files/a.txt"));
        await AssertProblemAsync(
            await stranger.GetAsync("default/files/a.txt"),
            HttpStatusCode.Unauthorized,
            "unauthenticated"
        );
        await AssertProblemAsync(
            await viewer.PutAsync("default/files/a.txt", new StringContent("y")),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await viewer.DeleteAsync("default/files/a.txt"),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await viewer.PostAsync("default/bin/a.txt", null),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await viewer.PostAsJsonAsync("default/comments", new { body = "x" }),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await operators.PutAsync("acme/files/a.txt", new StringContent("y")),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(await operators.GetAsync("acme/files"), HttpStatusCode.Forbidden, "forbidden");
        await AssertProblemAsync(await operators.PutAsync("other", null), HttpStatusCode.Forbidden, "forbidden");
        var seen = await viewer.GetFromJsonAsync<JsonElement>("");
        Assert.Equal(
            "default",
            Assert.Single(seen.GetProperty("items").EnumerateArray()).GetProperty("name").GetString()
        );
    }

    internal static async Task<JsonElement> AssertProblemAsync(
        HttpResponseMessage response,
        HttpStatusCode status,
        string code
    )
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(code, problem.GetProperty("code").GetString());
            return problem;
        }
    }

    private static IEnumerable<string> Paths(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(f => f.GetProperty("path").GetString()!);
}
