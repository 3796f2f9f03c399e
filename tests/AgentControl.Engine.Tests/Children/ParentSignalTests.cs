using AgentControl.Engine.Children;

namespace AgentControl.Engine.Tests.Children;

public sealed class ParentSignalTests
{
    [Fact]
    public void Ring_SameParentAgain_WaitsOnce()
    {
        var signal = new ParentSignal();
        var parent = Guid.NewGuid();

        for (var i = 0; i < 1_000; i++)
            signal.Ring(parent);

        Assert.Equal(1, signal.Waiting);
        Assert.True(signal.TryTake(out var taken));
        Assert.Equal(parent, taken);
        Assert.False(signal.TryTake(out _));
    }

    [Fact]
    public void Ring_WhileItsDrainRuns_WaitsAnew()
    {
        var signal = new ParentSignal();
        var parent = Guid.NewGuid();
        signal.Ring(parent);
        signal.TryTake(out _);

        signal.Ring(parent);

        Assert.True(signal.TryTake(out _));
    }

    [Fact]
    public void Ring_NobodyReads_KeepsNoMoreThanTenThousand()
    {
        var signal = new ParentSignal();
        var parents = Enumerable.Range(0, 20_000).Select(_ => Guid.NewGuid()).ToList();

        parents.ForEach(signal.Ring);

        Assert.Equal(10_000, signal.Waiting);
        while (signal.TryTake(out _))
            continue;
        // Whoever did not fit can ring again.
        signal.Ring(parents[^1]);
        Assert.True(signal.TryTake(out _));
    }
}
