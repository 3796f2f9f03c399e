using AgentControl.Core.Approvals;
using AgentControl.Simulation;
using AgentControl.Simulation.Mcp;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Mcp;

/// <summary>Calls that break off: what may run again is tried again, and what may not is never run twice without a person.</summary>
public sealed class McpBreakTests(PostgresFixture postgres)
{
    private const string Pay = """{"amount":10}""";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_dies_in_a_call_that_only_reads_is_started_again_and_asked_again()
    {
        await using var world = await McpWorld.StartAsync(postgres);
        DieAtFirst(world);
        var job = await world.StartAsync(
            "free-program",
            Answer.Call("program__echo", """{"text":"a"}"""),
            new Answer("Done.")
        );
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal("fine", Assert.Single(world.Results()));
        Assert.Equal((2, 2), (world.Script.Calls.Count, world.Script.Started));
    }

    [Fact]
    public async Task A_program_that_dies_in_a_call_that_must_not_run_twice_leaves_it_to_a_person()
    {
        await using var world = await McpWorld.StartAsync(postgres);
        DieAtFirst(world);
        var job = await world.StartAsync("free-program", Answer.Call("program__pay", Pay), new Answer("Done."));
        var asked = await world.AskedAsync(job, "stepFailed");
        Assert.Contains("Whether it happened is not known", asked.Content, StringComparison.Ordinal);
        await world.Engine.UntilAsync(job, "waiting", 60);
        Assert.Single(world.Script.Calls);
        await world.DecideAsync(asked.Id, ApprovalDecision.Respond, "It was paid: receipt 7.");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal("A person gave the result: It was paid: receipt 7.", Assert.Single(world.Results()));
        Assert.Single(world.Script.Calls);
    }

    [Fact]
    public async Task A_call_that_gives_no_answer_in_time_is_left_to_a_person_who_may_have_it_run_again()
    {
        await using var world = await McpWorld.StartAsync(postgres, s => s with { TimeoutSeconds = 3 });
        var calls = 0;
        world.Script.Use(
            async (_, _, stop) =>
            {
                if (Interlocked.Increment(ref calls) == 1)
                    await Task.Delay(Timeout.Infinite, stop);
                return new Reply("paid");
            }
        );
        var job = await world.StartAsync("free-http", Answer.Call("http__pay", Pay), new Answer("Done."));
        var asked = await world.AskedAsync(job, "stepFailed");
        await world.DecideAsync(asked.Id, ApprovalDecision.Choose, "run");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(("paid", 2), (Assert.Single(world.Results()), world.Script.Calls.Count));
    }

    [Theory]
    [InlineData(McpWorld.Program)]
    [InlineData(McpWorld.Http)]
    public async Task A_worker_that_is_lost_in_a_call_that_must_not_run_twice_leaves_it_to_a_person(string server)
    {
        await using var world = await McpWorld.StartAsync(postgres);
        Hold(world);
        var job = await world.StartAsync($"free-{server}", Answer.Call($"{server}__pay", Pay), new Answer("Done."));
        await world.Script.UntilAsync(1, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await world.Engine.LoseWorkerAsync(job);
        var asked = await world.AskedAsync(job, "outcomeUnknown");
        await world.DecideAsync(asked.Id, ApprovalDecision.Respond, "It was paid.");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal("A person gave the result: It was paid.", Assert.Single(world.Results()));
        Assert.Single(world.Script.Calls);
    }

    [Theory]
    [InlineData(McpWorld.Program)]
    [InlineData(McpWorld.Http)]
    public async Task A_job_that_is_cancelled_cancels_its_call(string server)
    {
        await using var world = await McpWorld.StartAsync(postgres);
        Hold(world);
        var job = await world.StartAsync($"free-{server}", Answer.Call($"{server}__echo", "{}"), new Answer("Done."));
        await world.Script.UntilAsync(1, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await world.CancelAsync(job);
        await world.Script.UntilCancelledAsync(1, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await world.Engine.UntilAsync(job, "cancelled", 60);
    }

    [Theory]
    [InlineData(McpWorld.Program)]
    [InlineData(McpWorld.Http)]
    public async Task Another_program_that_goes_on_with_the_job_calls_nothing_again(string server)
    {
        await using var world = await McpWorld.StartAsync(postgres);
        var job = await world.StartAsync(
            $"free-{server}",
            Answer.Call($"{server}__pay", Pay),
            Answer.Call($"{server}__echo", Pay),
            Answer.Call("ask_person", """{"question":"Go on?"}"""),
            new Answer("Done.")
        );
        var asked = await world.AskedAsync(job, "question");
        await world.Engine.UntilAsync(job, "waiting", 60);
        await world.ReplaceAsync();
        await world.DecideAsync(asked.Id, ApprovalDecision.Respond, "yes");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal([$"pay {Pay}", $"echo {Pay}"], world.Script.Calls);
        Assert.Equal([Pay, Pay, "The person answered: yes"], world.Results());
    }

    [Fact]
    public async Task Trouble_of_a_server_behind_HTTP_is_tried_again_and_a_redirect_is_not_followed()
    {
        await using var world = await McpWorld.StartAsync(postgres);
        var job = await world.StartAsync(
            "careful-http",
            Answer.Call("http__pay", Pay),
            Answer.Call("http__echo", Pay),
            new Answer("Done.")
        );
        var asked = await world.AskedAsync(job, "approval");
        world.Simulator.Status = 503;
        await world.DecideAsync(asked.Id, ApprovalDecision.Approve);
        await world.Engine.UntilTrueAsync(
            job,
            $"SELECT count(*) >= 2 FROM events WHERE job_id = '{job}' AND type = 'step.retrying' OR job_id = '{job}' AND type = 'step.failed'"
        );
        world.Simulator.Status = 307;
        var second = await world.AskedAsync(job, "approval");
        await world.DecideAsync(second.Id, ApprovalDecision.Approve);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Empty(world.Script.Calls);
        Assert.Contains("redirect", world.Results()[1], StringComparison.Ordinal);
    }

    private static void DieAtFirst(McpWorld world)
    {
        var calls = 0;
        world.Script.Use((_, _, _) => Task.FromResult(new Reply("fine", Dies: Interlocked.Increment(ref calls) == 1)));
    }

    private static void Hold(McpWorld world) =>
        world.Script.Use(
            async (_, _, stop) =>
            {
                await Task.Delay(Timeout.Infinite, stop);
                return new Reply("too late");
            }
        );
}
