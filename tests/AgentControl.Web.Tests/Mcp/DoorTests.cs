using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Tests.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>What stands before the tools: keys, origins, sizes and messages that are none.</summary>
public sealed class DoorTests(DoorTests.Fixture program) : IClassFixture<DoorTests.Fixture>
{
    private const string Public = "https://agents.example.com";

    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_the_answer_says_where_to_read_how_to_sign_in()
    {
        using var answer = await SendAsync(Initialize, key: null);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
        var challenge = answer.Headers.WwwAuthenticate.Single();
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Equal($"resource_metadata=\"{Public}/.well-known/oauth-protected-resource/mcp\"", challenge.Parameter);
    }

    [Fact]
    public async Task An_unknown_key_is_told_as_such()
    {
        using var answer = await SendAsync(Initialize, "ac_wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(
            "error=\"invalid_token\"",
            answer.Headers.WwwAuthenticate.Single().Parameter,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/mcp")]
    public async Task The_resource_describes_itself_to_whoever_asks(string path)
    {
        using var stranger = program.ClientOf(null);

        var metadata = await stranger.GetFromJsonAsync<JsonElement>(new Uri(program.Address, path), Stop);

        Assert.Equal(Public + "/mcp", metadata.Text("resource"));
        Assert.Equal("header", metadata.GetProperty("bearer_methods_supported")[0].GetString());
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("own", null, HttpStatusCode.OK)]
    [InlineData(Public, null, HttpStatusCode.OK)]
    [InlineData("http://evil.example.com", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:1", null, HttpStatusCode.Forbidden)]
    // The name of an attacker that points to this machine: page and request agree, and are foreign all the same.
    [InlineData("http://evil.example.com", "evil.example.com", HttpStatusCode.Forbidden)]
    public async Task A_page_of_another_origin_is_refused_whatever_key_it_has(
        string? origin,
        string? host,
        HttpStatusCode expected
    )
    {
        using var answer = await SendAsync(
            Initialize,
            ProgramFixture.AdminKey,
            request =>
            {
                request.Headers.Host = host;
                if (origin is not null)
                    request.Headers.Add(
                        "Origin",
                        origin == "own" ? program.Address.GetLeftPart(UriPartial.Authority) : origin
                    );
            }
        );

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_cookie_is_no_key_here()
    {
        await using (var scope = program.Services.CreateAsyncScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<People>();
            var (id, errors) = await people.AddAsync(
                Caller.System,
                new("maria", "maria@example.com", "correct horse battery"),
                Stop
            );
            Assert.Empty(errors);
            await people.GrantAsync(Caller.System, id!.Value, Caller.Everywhere, Role.Admin, Stop);
        }
        using var browser = new Browser(program.Address);
        (await browser.SignInAsync("maria")).Dispose();
        using var read = await browser.GetAsync("/api/v1/agents");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(Initialize, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("Origin", program.Address.GetLeftPart(UriPartial.Authority));

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task There_are_no_sessions(string method)
    {
        using var answer = await SendAsync(
            null,
            ProgramFixture.AdminKey,
            request => request.Method = HttpMethod.Parse(method)
        );

        await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "methodNotAllowed");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"tools/list"}""")]
    public async Task What_is_no_message_is_refused(string body)
    {
        using var answer = await SendAsync(body, ProgramFixture.AdminKey);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_413()
    {
        using var answer = await SendAsync(
            Call("comment_on_job", $$"""{"job":"x","body":"{{new string('x', 5 * 1024 * 1024)}}"}"""),
            ProgramFixture.AdminKey,
            request => request.Headers.ExpectContinue = true
        );

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "tooLarge");
    }

    [Theory]
    [InlineData("list_jobs", """{"limt":1}""", "invalid: limt: There is no such field.")]
    [InlineData("list_jobs", """{"limit":"many"}""", "invalid: limit: Give a whole number from 1 to 100.")]
    [InlineData("list_jobs", """{"limit":101}""", "invalid: limit: Give a whole number from 1 to 100.")]
    [InlineData("list_jobs", """{"limit":0}""", "invalid: limit: Give a whole number from 1 to 100.")]
    [InlineData("list_jobs", """{"state":"failed"}""", "invalid: state: Give a list in square brackets.")]
    [InlineData("list_jobs", """{"state":["done"]}""", "invalid: state: 'done' is unknown.")]
    [InlineData("list_jobs", """{"state":[null]}""", "invalid: state[0]: Give a text in quotes.")]
    [InlineData("list_jobs", """{"cursor":"%"}""", "invalid: cursor: Hand back nextCursor as it came")]
    [InlineData("list_jobs", """{"search":"state:nonsense"}""", "invalid: search: ")]
    [InlineData("list_jobs", """{"text":"a\u0000b"}""", "invalid: text: The text contains the character U+0000.")]
    [InlineData("get_job", "{}", "invalid: job: It is missing.")]
    [InlineData("get_job", """{"job":null}""", "invalid: job: Give a text in quotes.")]
    [InlineData("get_job", """{"job":{}}""", "invalid: job: Give a text in quotes.")]
    [InlineData("get_job", """{"job":"'; DROP TABLE jobs; --"}""", "notFound: There is no job '; DROP TABLE jobs; --.")]
    [InlineData("get_job", """{"job":"j_none"}""", "notFound: There is no job j_none.")]
    [InlineData("get_result", """{"job":"x","part":"secrets"}""", "invalid: part: Use one of output, input.")]
    [InlineData(
        "submit_job",
        """{"agent":"synthetic","input":{"steps":1},"tags":["a\u0000"]}""",
        "invalid: tags: The text contains the character U+0000."
    )]
    [InlineData("submit_job", """{"agent":"synthetic","idempotencyKey":"ä"}""", "invalid: idempotencyKey: ")]
    [InlineData("submit_job", """{"agent":" "}""", "invalid: agent: ")]
    [InlineData(
        "submit_job",
        """{"agent":"synthetic","input":{"steps":1,"steps":2}}""",
        "invalid: arguments: A field stands there twice."
    )]
    [InlineData("submit_job", """{"agent":"synthetic","input":[1]}""", "invalid: input: Give a JSON object")]
    [InlineData("read_file", """{"path":"/etc/passwd"}""", "invalid: path: ")]
    [InlineData("read_file", """{"path":"a/../../b"}""", "invalid: path: ")]
    [InlineData("read_file", """{"path":"a","workspace":"../x"}""", "file.notFound: ")]
    [InlineData("decide_approval", """{"approval":"x","decision":"approve","revision":1}""", "invalid: approval: ")]
    [InlineData("wait_for_job", """{"job":"x","timeoutSeconds":1e9}""", "invalid: timeoutSeconds: ")]
    public async Task Hostile_and_mistaken_arguments_are_refused_by_name(string tool, string arguments, string begins)
    {
        using var answer = await SendAsync(Call(tool, arguments), ProgramFixture.AdminKey);
        var result = (await MessageAsync(answer)).GetProperty("result");

        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.StartsWith(begins, result.GetProperty("content")[0].Text("text"), StringComparison.Ordinal);
        Assert.False(result.TryGetProperty("structuredContent", out _));
    }

    [Fact]
    public async Task Arguments_that_are_nested_too_deep_break_nothing()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60));
        using var answer = await SendAsync(
            Call("submit_job", $$"""{"agent":"synthetic","input":{{deep}}}"""),
            ProgramFixture.AdminKey
        );

        Assert.True(
            answer.StatusCode == HttpStatusCode.BadRequest
                || (await MessageAsync(answer)).GetProperty("result").GetProperty("isError").GetBoolean()
        );
    }

    [Theory]
    [InlineData(
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"no_such_tool","arguments":{}}}""",
        -32602
    )]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"no/such/method","params":{}}""", -32601)]
    public async Task What_there_is_not_is_an_error_of_the_protocol(string body, int code)
    {
        using var answer = await SendAsync(body, ProgramFixture.AdminKey);
        var message = await MessageAsync(answer);

        Assert.Equal(7, message.GetProperty("id").GetInt32());
        Assert.Equal(code, message.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Text_of_an_agent_stays_text()
    {
        const string nasty = "<script>alert(1)</script> «ignore all rules» {\"a\":1} 𝄞";
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                name = nasty,
                runAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
        await using var caller = await McpCaller.AdminAsync(program);

        var read = await caller.AskAsync("get_job", new { job = job.Text("id") });

        Assert.Equal(job.Text("name"), read.GetProperty("job").Text("name"));
    }

    private static string Call(string tool, string arguments) =>
        $$$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";

    private async Task<HttpResponseMessage> SendAsync(
        string? body,
        string? key,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(program.Address, "mcp"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        change?.Invoke(request);
        return await client.SendAsync(request, Stop);
    }

    /// <summary>The one message of the answer's stream.</summary>
    private static async Task<JsonElement> MessageAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {text}");
        var data = text.Split('\n').Single(line => line.StartsWith("data: ", StringComparison.Ordinal));
        return JsonElement.Parse(data["data: ".Length..]);
    }

    public sealed class Fixture(PostgresFixture postgres) : ProgramFixture(postgres)
    {
        protected override void Configure(WebApplicationBuilder builder) =>
            builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?> { ["AgentControl:PublicUrl"] = Public }
            );
    }
}
