using System.Threading.Channels;
using AgentControl.Core.Agents;
using AgentControl.Engine.Live;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Engine.Tests.Live;

/// <summary>What a step writes in one process is seen in another, while somebody watches its job there.</summary>
public sealed class StepOutputSignalsTests(PostgresFixture postgres)
{
    private const string Odd = "\0 é😀\u2028 \"end\"";
    private static readonly string _long = new('x', 3 * StepOutputSignals.MostOfOneWindow);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watchers_of_another_process_hear_the_end_of_what_is_written_of_their_job_alone()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(async job =>
                await job.StepAsync(
                    "say",
                    async call =>
                    {
                        call.Write("nobody hears this ");
                        begun.TrySetResult();
                        await go.Task.WaitAsync(call.CancellationToken);
                        call.Write(_long + Odd);
                        return 1;
                    },
                    new StepOptions { Streams = true }
                )
            )
        );
        var heard = Channel.CreateUnbounded<StepOutput>();
        var foreign = 0;
        var outputs = engine.Web.Get<StepOutputs>();
        using var others = outputs.Watch(new OutputWatcher(_ => foreign++, Guid.NewGuid()));
        var job = await engine.Web.SubmitAsync("test", new { });
        await begun.Task.WaitAsync(Now);
        Assert.False(engine.Worker.Get<StepOutputs>().IsWatched(job));

        using var watching = outputs.Watch(new OutputWatcher(output => heard.Writer.TryWrite(output), job));
        while (!engine.Worker.Get<StepOutputs>().IsWatched(job))
            await Task.Delay(10, Now);
        go.SetResult();

        var (text, next) = ("", 0L);
        await foreach (var piece in heard.Reader.ReadAllAsync(Now))
        {
            Assert.Equal(("say#1", 1), (piece.Key, piece.Attempt));
            Assert.True(piece.From >= next, $"{piece.From} came behind {next}");
            (text, next) = (text + piece.Text, piece.From + piece.Text.Length);
            if (piece.Ended)
                break;
        }
        Assert.Equal("nobody hears this ".Length + _long.Length + Odd.Length, next);
        Assert.Equal(StepOutputSignals.MostOfOneWindow, text.Length);
        Assert.Equal(new string('x', text.Length - Odd.Length) + Odd, text);
        Assert.Equal(0, foreign);
        await engine.Web.UntilAsync(job, "succeeded");
    }

    [Fact]
    public void Who_says_no_more_that_somebody_watches_is_forgotten()
    {
        var clock = new FakeTimeProvider();
        using var signals = new StepOutputSignals(
            new StepOutputs(clock),
            null!,
            null!,
            clock,
            NullLogger<StepOutputSignals>.Instance
        );
        var job = Guid.NewGuid();

        signals.Want(job);
        clock.Advance(TimeSpan.FromSeconds(24));
        Assert.True(signals.IsWanted(job));
        signals.Want(job);
        clock.Advance(TimeSpan.FromSeconds(24));
        Assert.True(signals.IsWanted(job));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(signals.IsWanted(job));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"sender":"x","output":{"jobId":"7"}}""")]
    [InlineData("""{"sender":"x","output":{"jobId":"00000000-0000-0000-0000-000000000000","attempt":1,"from":0}}""")]
    public void What_makes_no_sense_is_left_out(string text)
    {
        var heard = 0;
        var outputs = new StepOutputs(TimeProvider.System);
        using var watching = outputs.Watch(new OutputWatcher(_ => heard++));
        using var signals = new StepOutputSignals(
            outputs,
            null!,
            null!,
            TimeProvider.System,
            NullLogger<StepOutputSignals>.Instance
        );

        signals.Hear(text);

        Assert.Equal(0, heard);
    }
}
