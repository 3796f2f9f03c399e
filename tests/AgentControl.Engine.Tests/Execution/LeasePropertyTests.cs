using System.Runtime.CompilerServices;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Execution.Leases;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>Three workers, one job, whatever they, people and the sweeper do in whatever order: one holds it, and whoever lost it changes nothing.</summary>
public sealed class LeasePropertyTests(PostgresFixture postgres)
{
    private static readonly Gen<(Move, int)> AnyMove = Gen.Select(
        Gen.Frequency(
            (6, Move.Take),
            (2, Move.TakeAtOnce),
            (4, Move.Beat),
            (3, Move.Record),
            (3, Move.OpenWait),
            (3, Move.Park),
            (2, Move.HandBack),
            (1, Move.Finish),
            (4, Move.Lapse),
            (4, Move.Sweep),
            (3, Move.Answer),
            (1, Move.Cancel)
        ),
        Gen.Int[0, 2]
    );

    [Fact]
    public async Task Whatever_happens_the_row_goes_as_the_rules_say_and_old_leases_write_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        // A process without hands: nobody but this test takes leases, sweeps and answers.
        await using var engine = await EngineProcess.StartAsync(
            database,
            [TestAgent.Of(_ => Task.FromResult<object?>(null))],
            new() { ["AgentControl:Role"] = "web" }
        );
        using var sweeper = ActivatorUtilities.CreateInstance<LeaseSweeper>(engine.Services, new FakeTimeProvider());

        await AnyMove
            .Array[5, 40]
            .SampleAsync(
                async moves =>
                {
                    await using var run = new LeaseRun(engine, () => RoundAsync(sweeper, CancellationToken.None));
                    await run.PlayAsync(moves);
                },
                iter: 60,
                threads: 1,
                print: moves => string.Join(", ", moves)
            );

        Assert.Empty(await engine.Get<InvariantCheck>().RunAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>One round now, and done when this is done.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "RoundAsync")]
    private static extern Task<TimeSpan?> RoundAsync(LeaseSweeper sweeper, CancellationToken cancellationToken);
}
