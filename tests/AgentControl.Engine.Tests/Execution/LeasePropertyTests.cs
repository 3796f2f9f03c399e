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
    /// <summary>Single moves and what often comes together, each of one worker.</summary>
    private static readonly Gen<(Move, int)[]> Moves = Gen.Select(
            Gen.Frequency<Move[]>(
                (6, Gen.Enum<Move>().Select(move => new[] { move })),
                (3, Gen.Const(() => new[] { Move.Take })),
                (3, Gen.Const(() => new[] { Move.Take, Move.Lapse, Move.Sweep })),
                (1, Gen.Const(() => new[] { Move.TakeAtOnce, Move.Beat })),
                (2, Gen.Const(() => new[] { Move.OpenWait, Move.Record, Move.Park })),
                (2, Gen.Const(() => new[] { Move.OpenWait, Move.OpenWait, Move.Answer, Move.Park }))
            ),
            Gen.Int[0, 2],
            (together, worker) => together.Select(move => (move, worker))
        )
        .Array[4, 14]
        .Select(all => all.SelectMany(moves => moves).ToArray());

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

        await Moves.SampleAsync(
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
