using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Tests.Jobs;

public sealed class JobIdsTests
{
    [Fact]
    public void Next_ManyAtOnce_IsLargerEachTime()
    {
        // More than the twelve bits of one millisecond hold.
        var ids = Enumerable.Range(0, 20_000).Select(_ => JobIds.Next()).ToArray();

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Next_FromManyThreads_GivesNoPlaceInTheOrderTwice()
    {
        var places = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.For(0, 20_000, _ => places.Add(JobIds.Next().ToString()[..18]));

        Assert.Equal(places.Count, places.Distinct().Count());
    }

    [Fact]
    public void Next_IsAUuidOfVersionSeven_OfNow()
    {
        var before = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var id = JobIds.Next();

        Assert.Equal((7, true), (id.Version, id.Variant is >= 8 and <= 11));
        var at = Convert.ToInt64(id.ToString("N")[..12], 16);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(at), before, before.AddMinutes(1));
    }
}
