using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Notifications over REST.</summary>
public sealed class NotificationTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_completes_is_told_in_the_feed_with_how_long_it_took()
    {
        using var made = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                name = "told-about",
                input = new { steps = 1 },
            },
            Now
        );
        var job = (await made.Content.ReadFromJsonAsync<JsonElement>(Now)).Text("id");
        JsonElement told = default;
        for (var i = 0; i < 300 && told.ValueKind == JsonValueKind.Undefined; i++)
        {
            await Task.Delay(100, Now);
            var feed = await program.Admin.GetFromJsonAsync<JsonElement>("notifications?limit=200", Now);
            told = feed.GetProperty("items").EnumerateArray().FirstOrDefault(n => n.Text("jobId") == job);
        }
        Assert.Equal("told-about completed", told.Text("title"));
        Assert.StartsWith("It took", told.Text("text"), StringComparison.Ordinal);
        Assert.StartsWith("/jobs/", told.Text("link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channels_and_messages_that_are_not_there_are_not_found()
    {
        using var test = await program.Admin.PostAsync("notifications/channels/none/test", null, Now);
        Assert.Equal(HttpStatusCode.NotFound, test.StatusCode);
        using var resend = await program.Admin.PostAsync(
            $"notifications/deliveries/{Guid.NewGuid()}/resend",
            null,
            Now
        );
        Assert.Equal(HttpStatusCode.NotFound, resend.StatusCode);
        using var bad = await program.Admin.GetAsync("notifications/deliveries?state=lost", Now);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        var channels = await program.Admin.GetFromJsonAsync<JsonElement>("notifications/channels", Now);
        Assert.Empty(channels.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_feed_filters_and_what_is_not_there_is_not_marked()
    {
        using var bad = await program.Admin.GetAsync("notifications?kind=rumour", Now);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        var failed = await program.Admin.GetFromJsonAsync<JsonElement>("notifications?kind=failed&unread=true", Now);
        Assert.All(failed.GetProperty("items").EnumerateArray(), n => Assert.Equal("failed", n.Text("kind")));
        using var none = await program.Admin.PostAsync($"notifications/{Guid.NewGuid()}/read", null, Now);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var upTo = await program.Admin.PostAsync("notifications/read?upTo=yesterday", null, Now);
        Assert.Equal(HttpStatusCode.BadRequest, upTo.StatusCode);
        using var all = await program.Admin.PostAsync("notifications/read", null, Now);
        Assert.Equal(HttpStatusCode.OK, all.StatusCode);
    }
}
