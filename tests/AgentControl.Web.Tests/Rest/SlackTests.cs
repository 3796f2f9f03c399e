using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Presses of buttons in Slack, signed and forged.</summary>
public sealed class SlackTests(SlackTests.Fixture program) : IClassFixture<SlackTests.Fixture>
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_press_decides_nothing_and_shows_the_question_to_a_linked_person_alone()
    {
        await RoomAsync("room", Secret);
        var rule = new { on = new[] { "needsPerson" }, channel = "room" };
        using var made = await program.Admin.PostAsJsonAsync("notifications/rules", rule, Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var approval = await AskAsync();
        var id = approval.Text("id")!;
        await UntilAsync(() => program.Got("/room").Any(b => b.Contains(id, StringComparison.Ordinal)));
        var buttons = JsonElement
            .Parse(program.Got("/room").First(b => b.Contains(id, StringComparison.Ordinal)))
            .GetProperty("blocks")
            .EnumerateArray()
            .Last()
            .GetProperty("elements");
        Assert.Equal(["open", "approve", "reject"], buttons.EnumerateArray().Select(b => b.Text("action_id")));
        Assert.Equal(
            [null, id, id],
            buttons.EnumerateArray().Select(b => b.TryGetProperty("value", out var v) ? v.GetString() : null)
        );

        // Nobody knows this user: a sentence and a link for them alone, nothing of the question.
        Assert.Equal(HttpStatusCode.OK, await PressAsync("approve", id, "U1MARIA", "/answer-1"));
        var unknown = Answer("/answer-1");
        Assert.Equal("ephemeral", unknown.Text("response_type"));
        Assert.DoesNotContain(approval.Text("title")!, unknown.Text("text"), StringComparison.Ordinal);
        Assert.DoesNotContain(id, unknown.Text("text"), StringComparison.Ordinal);
        var token = Uri.UnescapeDataString(unknown.Text("text")!.Split("slack=")[1].Split('|')[0]);

        var (maria, caller) = await PersonAsync(Role.Approver);
        var links = program.Services.GetRequiredService<SlackLinks>();
        Assert.Equal("T1TEAM:U1MARIA", links.Read(token)!.User);
        Assert.Null(await links.LinkAsync(caller, token, Stop));
        Assert.Equal(HttpStatusCode.OK, await PressAsync("approve", id, "U1MARIA", "/answer-2"));
        var known = Answer("/answer-2").Text("text")!;
        Assert.Contains(approval.Text("title")!, known, StringComparison.Ordinal);
        Assert.Contains($"/a/{id}|", known, StringComparison.Ordinal);
        Assert.Equal(
            "pending",
            (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals/{id}", Stop)).Text("state")
        );
        var audit = (await program.Admin.GetFromJsonAsync<JsonElement>("audit?limit=5", Stop)).Items();
        Assert.Equal(["approval.openedInSlack", "person.slackLinked"], audit.Take(2).Select(a => a.Text("action")));
        Assert.Equal("Slack", audit.First().Text("from"));

        // Another team's user of the same id is somebody else, and so is a disabled person.
        Assert.Equal(HttpStatusCode.OK, await PressAsync("reject", id, "U1MARIA", "/answer-3", team: "T2OTHER"));
        Assert.DoesNotContain(id, Answer("/answer-3").Text("text"), StringComparison.Ordinal);
        using var off = await program.Admin.PatchAsJsonAsync($"people/{maria}", new { disabled = true }, Stop);
        Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await PressAsync("reject", id, "U1MARIA", "/answer-4"));
        Assert.DoesNotContain(id, Answer("/answer-4").Text("text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_linked_person_without_a_right_to_look_sees_nothing()
    {
        await RoomAsync("blind", Secret);
        var id = (await AskAsync()).Text("id")!;
        var (person, _) = await PersonAsync(role: null);
        await SqlAsync($"UPDATE users SET slack_user = 'T1TEAM:U2BLIND' WHERE id = '{person}'");

        Assert.Equal(HttpStatusCode.OK, await PressAsync("approve", id, "U2BLIND", "/answer-blind"));

        Assert.Equal("There is no such question that you may see.", Answer("/answer-blind").Text("text"));
    }

    [Fact]
    public async Task What_is_not_signed_now_by_the_app_is_refused_and_so_is_the_same_again()
    {
        await RoomAsync("signed", Secret);
        await RoomAsync("silent", null);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var body = Form("approve", Guid.NewGuid().ToString(), "U3", "/answer-none");
        var good = Sign(Secret, now, body);
        (string? At, string? Signature, byte[] Body)[] bad =
        [
            (null, good, body),
            ($"{now}", null, body),
            ($"{now}", "", body),
            ($"{now}", good[3..], body),
            ($"{now}", good.ToUpperInvariant(), body),
            ($"{now}", good, [.. body, (byte)'x']),
            ($"{now + 1}", good, body),
            ($"{now}", Sign("another-signing-secret-0123456789", now, body), body),
            ($"{now}", Sign("", now, body), body),
            ($"{now - 301}", Sign(Secret, now - 301, body), body),
            ($"{now + 310}", Sign(Secret, now + 310, body), body),
            ($"-{now}", Sign(Secret, -now, body), body),
            ("99999999999999999999", good, body),
            ("now", good, body),
        ];
        foreach (var (at, signature, sent) in bad)
        {
            using var answer = await SendAsync(at, signature, sent);
            var problem = await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal("The call is not signed.", problem.Text("detail"));
        }

        using var first = await SendAsync($"{now}", good, body);
        using var again = await SendAsync($"{now}", good, body);
        using var late = await SendAsync($"{now - 200}", Sign(Secret, now - 200, body), body);
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (first.StatusCode, again.StatusCode, late.StatusCode)
        );
        var large = new byte[SlackActions.LongestBody + 1];
        using var tooLarge = await SendAsync($"{now}", Sign(Secret, now, large), large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task A_signed_call_answers_nowhere_but_at_the_channels_own_host_and_takes_any_nonsense()
    {
        await RoomAsync("narrow", Secret);
        var id = (await AskAsync()).Text("id")!;
        var port = new Uri(program.Receiver).Port;
        foreach (
            var url in new[]
            {
                $"http://localhost:{port}/elsewhere",
                $"https://127.0.0.1:{port}/elsewhere",
                $"http://user@127.0.0.1:{port}/elsewhere",
                "http://169.254.169.254/latest",
                "file:///etc/passwd",
                "nothing",
            }
        )
            Assert.Equal(HttpStatusCode.OK, await PressAsync("approve", id, "U4", url));
        Assert.Empty(program.Got("/elsewhere"));
        foreach (
            var nonsense in new[]
            {
                "",
                "x=1",
                "payload=",
                "payload=%7B",
                "payload=[]",
                "payload=%ff%fe",
                """payload={"type":"block_actions","user":7,"team":{},"actions":{}}""",
                """payload={"type":"block_actions","user":{"id":"U"},"team":{"id":"T"},"actions":[7]}""",
            }
        )
        {
            var body = Encoding.UTF8.GetBytes(nonsense);
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            using var answer = await SendAsync($"{now}", Sign(Secret, now, body), body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_link_is_for_its_time_and_for_one_account_and_the_secret_is_never_shown()
    {
        await RoomAsync("linking", Secret);
        Assert.Equal(HttpStatusCode.OK, await PressAsync("approve", Guid.NewGuid().ToString(), "U5", "/answer-5"));
        var token = Uri.UnescapeDataString(Answer("/answer-5").Text("text")!.Split("slack=")[1].Split('|')[0]);
        var links = program.Services.GetRequiredService<SlackLinks>();
        var (_, one) = await PersonAsync(Role.Viewer);
        var (_, two) = await PersonAsync(Role.Viewer);

        Assert.Contains("too old", await links.LinkAsync(one, "nonsense", Stop), StringComparison.Ordinal);
        Assert.Null(await links.LinkAsync(one, token, Stop));
        Assert.Contains("Another account", await links.LinkAsync(two, token, Stop), StringComparison.Ordinal);
        await links.UnlinkAsync(one, Stop);
        Assert.Null(await links.OfAsync(one.Id, Stop));
        Assert.Null(await links.LinkAsync(two, token, Stop));
        var shown = await program.Admin.GetStringAsync("notifications/channels", Stop);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        await using var data = NpgsqlDataSource.Create(program.ConnectionString);
        await using var kept = data.CreateCommand(
            "SELECT string_agg(settings || secrets, '') FROM notification_own_channels"
        );
        Assert.DoesNotContain(Secret, (string)(await kept.ExecuteScalarAsync(Stop))!, StringComparison.Ordinal);
    }

    private JsonElement Answer(string path) => JsonElement.Parse(Assert.Single(program.Got(path)));

    private async Task RoomAsync(string name, string? secret)
    {
        var settings = new Dictionary<string, string>
        {
            ["webhookUrl"] = $"{program.Receiver}/{name}",
            ["allowPrivate"] = "true",
        };
        if (secret is not null)
            settings["signingSecret"] = secret;
        using var answer = await program.Admin.PutAsJsonAsync(
            $"notifications/channels/{name}",
            new { type = "slack", settings },
            Stop
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<JsonElement> AskAsync()
    {
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2, approvalAtStep = 1 } });
        var id = job.Text("id")!;
        await program.WaitForAsync(id, "waiting");
        return (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={id}", Stop)).Items().Single();
    }

    private async Task<HttpStatusCode> PressAsync(
        string action,
        string approval,
        string user,
        string answer,
        string team = "T1TEAM"
    )
    {
        var body = Form(action, approval, user, answer, team);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var taken = await SendAsync($"{now}", Sign(Secret, now, body), body);
        return taken.StatusCode;
    }

    private byte[] Form(string action, string approval, string user, string answer, string team = "T1TEAM")
    {
        var payload = JsonSerializer.Serialize(
            new
            {
                type = "block_actions",
                user = new
                {
                    id = user,
                    username = "maria <b>",
                    team_id = team,
                },
                team = new { id = team, domain = "example" },
                response_url = answer.StartsWith('/') ? program.Receiver + answer : answer,
                actions = new[]
                {
                    new
                    {
                        action_id = action,
                        type = "button",
                        value = approval,
                    },
                },
                // No two presses are the same bytes.
                trigger_id = Guid.NewGuid(),
            }
        );
        return Encoding.UTF8.GetBytes("payload=" + WebUtility.UrlEncode(payload));
    }

    private static string Sign(string secret, long at, byte[] body) =>
        SlackSignature.Of(Encoding.ASCII.GetBytes(secret), at.ToString(CultureInfo.InvariantCulture), body);

    private async Task<HttpResponseMessage> SendAsync(string? at, string? signature, byte[] body)
    {
        using var client = program.ClientOf(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "slack/actions")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        if (at is not null)
            request.Headers.TryAddWithoutValidation("X-Slack-Request-Timestamp", at);
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("X-Slack-Signature", signature);
        return await client.SendAsync(request, Stop);
    }

    private async Task<(Guid Id, Caller Caller)> PersonAsync(Role? role)
    {
        var name = "p" + Guid.NewGuid().ToString("N")[..8];
        await using var scope = program.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var (id, errors) = await people.AddAsync(
            Caller.System,
            new(name, $"{name}@example.com", "correct horse battery"),
            Stop
        );
        Assert.Empty(errors);
        if (role is { } granted)
            await people.GrantAsync(Caller.System, id!.Value, Caller.Everywhere, granted, Stop);
        return (id!.Value, new Caller(CallerKind.Person, id.Value, name) { PersonId = id });
    }

    private async Task SqlAsync(string sql)
    {
        await using var data = NpgsqlDataSource.Create(program.ConnectionString);
        await using var command = data.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static Task UntilAsync(Func<bool> so) => Eventually.TrueAsync(so, Stop);

    /// <summary>The program beside a receiver that stands for Slack.</summary>
    public sealed class Fixture(AgentControl.TestKit.PostgresFixture postgres) : ProgramFixture(postgres)
    {
        private readonly ConcurrentQueue<(string Path, string Body)> got = new();
        private WebApplication slack = null!;

        public string Receiver => slack.Urls.First();

        public IReadOnlyList<string> Got(string path) => [.. got.Where(g => g.Path == path).Select(g => g.Body)];

        public override async ValueTask InitializeAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Error);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            slack = builder.Build();
            slack.Run(async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                got.Enqueue((context.Request.Path.Value!, await reader.ReadToEndAsync()));
            });
            await slack.StartAsync();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await slack.DisposeAsync();
        }
    }
}
