using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Workspaces;

public sealed class CommentsEndpointsTests(PostgresFixture fixture)
{
    [Fact]
    public async Task A_comment_stands_in_the_list_and_in_the_feed()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        using var file = await host.Admin.PutAsync("default/files/a.txt", new StringContent("x"));

        using var made = await host.Admin.PostAsJsonAsync(
            "default/comments",
            new { body = "Page **12**", anchor = new { kind = "file", id = "a.txt" } }
        );
        using var other = await host.Admin.PostAsJsonAsync("default/comments", new { body = "elsewhere" });

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var about = await host.Admin.GetFromJsonAsync<JsonElement>("default/comments?file=a.txt");
        var comment = Assert.Single(about.GetProperty("items").EnumerateArray());
        Assert.Equal("Page **12**", comment.GetProperty("body").GetString());
        Assert.Equal("program", comment.GetProperty("by").GetProperty("kind").GetString());
        var feed = await host.Admin.GetFromJsonAsync<JsonElement>("default/activity?limit=2");
        Assert.Equal(
            ["comment.added", "comment.added"],
            feed.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("kind").GetString())
        );
        var rest = await host.Admin.GetFromJsonAsync<JsonElement>(
            $"default/activity?limit=2&cursor={feed.GetProperty("nextCursor").GetString()}"
        );
        Assert.Equal(
            "file.written",
            Assert.Single(rest.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString()
        );
    }

    [Fact]
    public async Task The_same_id_or_key_twice_is_one_comment()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        var id = Guid.CreateVersion7();
        for (var i = 0; i < 2; i++)
        {
            (await host.Admin.PostAsJsonAsync("default/comments", new { body = "by id", id })).Dispose();
            using var keyed = new HttpRequestMessage(HttpMethod.Post, "default/comments")
            {
                Content = JsonContent.Create(new { body = "by key" }),
            };
            keyed.Headers.Add("Idempotency-Key", "k1");
            (await host.Admin.SendAsync(keyed)).Dispose();
        }

        var all = await host.Admin.GetFromJsonAsync<JsonElement>("default/comments");

        Assert.Equal(2, all.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task What_is_no_comment_is_refused_by_field()
    {
        await using var host = await WorkspaceHost.StartAsync(fixture);
        (object Request, string Field)[] bad =
        [
            (new { body = " " }, "body"),
            (new { body = new string('x', 70_000) }, "body"),
            (new { body = "x", anchor = new { kind = "moon", id = "1" } }, "anchor"),
            (new { body = "x", anchor = new { kind = "file", id = "../x" } }, "anchor"),
            (new { body = "x", jobId = Guid.NewGuid() }, "jobId"),
        ];
        foreach (var (request, field) in bad)
        {
            var problem = await FilesEndpointsTests.AssertProblemAsync(
                await host.Admin.PostAsJsonAsync("default/comments", request),
                HttpStatusCode.BadRequest,
                "invalid"
            );
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"No error for {field}: {problem}");
        }
    }
}
