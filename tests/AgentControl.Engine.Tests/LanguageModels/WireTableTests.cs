using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>Every failure that the providers document, through their official clients: tried again, failed, or put before a person, as the table says.</summary>
public sealed class WireTableTests(SharedModelWorld shared) : IClassFixture<SharedModelWorld>
{
    private const int Tries = 3;
    private readonly ModelWorld world = shared.Fresh();

    public static TheoryData<string, string, string> Retried =>
        Rows(
            ("rateLimited", "rateLimited", "aor"),
            ("slowDown", "rateLimited", "aor"),
            ("overloaded", "overloaded", "aor"),
            ("serverError", "unavailable", "aor"),
            ("badGateway", "unavailable", "aor"),
            ("unavailable", "unavailable", "a"),
            ("unavailable", "overloaded", "or"),
            ("gatewayTimeout", "unavailable", "aor"),
            ("requestTimeout", "timeout", "aor"),
            ("conflict", "unavailable", "aor"),
            ("connectionRefused", "unavailable", "aor"),
            ("dropped", "cutStream", "aor"),
            ("cut", "cutStream", "aor"),
            ("errorInStream", "cutStream", "aor"),
            ("overloadedInStream", "overloaded", "aor"),
            ("rateLimitedInStream", "rateLimited", "aor")
        );

    public static TheoryData<string, string, string> Failed =>
        Rows(
            ("spendLimit", "spendLimit", "aor"),
            ("quota", "spendLimit", "aor"),
            ("billing", "spendLimit", "aor"),
            ("unauthorized", "denied", "aor"),
            ("forbidden", "denied", "aor"),
            ("notFound", "notFound", "aor"),
            ("tooLarge", "tooLarge", "aor"),
            ("contextTooLong", "contextTooLong", "aor"),
            ("contextLimit", "contextTooLong", "aor"),
            ("contextInStream", "contextTooLong", "or"),
            ("invalidRequest", "invalid", "aor"),
            ("maxTokens", "unfinished", "aor"),
            ("contextWindow", "unfinished", "a"),
            ("pauseTurn", "unfinished", "a")
        );

    public static TheoryData<string, string, string> Asked =>
        Rows(
            ("refusal", "refused", "aor"),
            ("contentFilter", "refused", "aor"),
            ("refusedInWords", "refused", "aor"),
            ("invalidPrompt", "refused", "or"),
            ("invalidPromptInStream", "refused", "or"),
            ("policy", "refused", "or"),
            ("unknownStop", "unknown", "aor")
        );

    [Theory]
    [MemberData(nameof(Retried))]
    public async Task Trouble_of_the_provider_is_tried_again(string provider, string fault, string kind)
    {
        world.Simulator.Faults.Add(fault);
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal(kind, (await world.ErrorAsync(job)).Type);
        Assert.Equal(Tries, world.Simulator.Calls.Count);
        Assert.Equal(
            $"{Tries - 1} {kind} {provider} {ModelWorld.Model}",
            await world.Engine.ScalarAsync<string>(
                $"SELECT count(*) || ' ' || string_agg(DISTINCT concat_ws(' ', data::jsonb ->> 'kind', data::jsonb ->> 'service', data::jsonb ->> 'detail'), ', ') FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
            )
        );
    }

    [Theory]
    [MemberData(nameof(Failed))]
    public async Task What_cannot_get_better_is_asked_once(string provider, string fault, string kind)
    {
        world.Simulator.Faults.Add(fault);
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal(kind, (await world.ErrorAsync(job)).Type);
        Assert.Single(world.Simulator.Calls.All);
        Assert.Empty(await world.DelaysAsync(job));
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task What_no_rule_decides_goes_to_a_person(string provider, string fault, string kind)
    {
        world.Simulator.Faults.Add(fault);
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "waiting", 30);
        Assert.Single(world.Simulator.Calls.All);
        Assert.Equal(
            $"stepFailed approval {kind}",
            await world.Engine.ScalarAsync<string>(
                $"SELECT a.kind || ' ' || r.waiting_kind || ' ' || (s.error::jsonb ->> 'type') FROM approvals a JOIN job_runs r USING (job_id) JOIN steps s USING (job_id) WHERE a.job_id = '{job}'"
            )
        );
        await world.Engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(
        "anthropic",
        "unauthorized",
        "anthropic answered 401 (authentication_error): Incorrect API key provided. Check the key of this service and what it may do."
    )]
    [InlineData(
        "openai",
        "unauthorized",
        "openai answered 401 (invalid_api_key): Incorrect API key provided. Check the key of this service and what it may do."
    )]
    [InlineData(
        "openai",
        "quota",
        "openai answered 429 (insufficient_quota): You exceeded your current quota; this workspace reached its spend limit. Raise the spending limit of the account, or pay its bill."
    )]
    [InlineData(
        "anthropic",
        "maxTokens",
        "anthropic stopped with 'max_tokens'. The answer was cut. Allow more output tokens."
    )]
    [InlineData(
        "responses",
        "maxTokens",
        "responses stopped with 'length'. The answer was cut. Allow more output tokens."
    )]
    public async Task A_failure_says_what_came_and_what_to_do(string provider, string fault, string message)
    {
        world.Simulator.Faults.Add(fault);
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal(message, (await world.ErrorAsync(job)).Message);
    }

    [Theory]
    [InlineData("retry-after-ms", "340", 0.34)]
    [InlineData("Retry-After", "0.37", 0.37)]
    public async Task The_wait_that_a_provider_asks_for_is_obeyed(string header, string value, double seconds)
    {
        world.Simulator.Faults.Add(
            "rateLimited",
            fault =>
                fault with
                {
                    Headers = new Dictionary<string, string> { [header] = value },
                    Times = 1,
                }
        );
        var job = await world.AskAsync("openai");
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal(seconds, Assert.Single(await world.DelaysAsync(job)), 3);
    }

    [Fact]
    public async Task A_wait_until_a_date_holds_no_worker()
    {
        world.Simulator.Faults.Add("rateLimited", fault => fault with { RetryAfterDateSeconds = 60, Times = 1 });
        var job = await world.AskAsync("anthropic");
        await world.Engine.UntilAsync(job, "waiting", 30);
        // A date knows no fractions of a second.
        Assert.InRange(Assert.Single(await world.DelaysAsync(job)), 58, 60);
        await world.Engine.ShiftClockAsync("61 seconds");
        await world.Engine.UntilAsync(job, "succeeded", 30);
    }

    [Theory]
    [InlineData("serverError", "false", 1)]
    [InlineData("tooLarge", "true", Tries)]
    public async Task What_the_provider_says_of_trying_again_stands_above_the_table(
        string fault,
        string said,
        int calls
    )
    {
        world.Simulator.Faults.Add(
            fault,
            f => f with { Headers = new Dictionary<string, string> { ["x-should-retry"] = said } }
        );
        var job = await world.AskAsync("anthropic");
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal(calls, world.Simulator.Calls.Count);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task A_page_of_a_proxy_is_a_failure_like_others(string provider)
    {
        world.Simulator.Faults.Add("badGateway", f => f with { RawBody = "<html>Bad gateway</html>", Times = 1 });
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Contains("<html>Bad gateway</html>", await world.Engine.LogAsync(job), StringComparison.Ordinal);
    }

    private static TheoryData<string, string, string> Rows(params (string Fault, string Kind, string Who)[] rows)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (fault, kind, who) in rows)
        foreach (var letter in who)
            data.Add(ModelWorld.Providers.First(p => p[0] == letter), fault, kind);
        return data;
    }
}
