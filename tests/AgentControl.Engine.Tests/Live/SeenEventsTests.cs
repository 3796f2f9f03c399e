using AgentControl.Engine.Live;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Engine.Tests.Live;

public sealed class SeenEventsTests
{
    [Fact]
    public void Add_NumbersInAnyOrderAndTwice_LetsEachThroughOnce() =>
        Gen.Long[1, 60]
            .Array[1, 200]
            .Sample(numbers =>
            {
                var seen = new SeenEvents(new FakeTimeProvider());
                var job = Guid.NewGuid();
                var through = numbers.SelectMany(n => seen.Add([Event(job, n)])).Select(e => e.No).ToList();
                Assert.Equal(numbers.Distinct(), through);
            });

    [Fact]
    public void Add_SameNumberOfAnotherJob_IsAnotherEvent()
    {
        var seen = new SeenEvents(new FakeTimeProvider());

        Assert.Equal(2, seen.Add([Event(Guid.NewGuid(), 1), Event(Guid.NewGuid(), 1)]).Count);
    }

    [Fact]
    public void Write_ManyRanges_AreReadBackFromTextsThatPostgresTakes()
    {
        var ranges = Enumerable.Range(1, 1_000).Select(i => new EventRange(Guid.NewGuid(), i, i + (1L << 40))).ToList();

        var texts = SignalText.Write("sender", ranges).ToList();

        Assert.All(texts, t => Assert.InRange(t.Length, 1, 7_999));
        Assert.All(texts, t => Assert.Equal("sender", SignalText.Read(t).Sender));
        Assert.Equal(ranges, texts.SelectMany(t => SignalText.Read(t).Ranges));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x;;;")]
    [InlineData("x;AAAA,1,2;moon,1,2;,,")]
    [InlineData("x;AAAAAAAAAAAAAAAAAAAAAA,one,2")]
    public void Read_Nonsense_IsLeftOut(string text) => Assert.Empty(SignalText.Read(text).Ranges);

    private static LiveEvent Event(Guid job, long no) =>
        new(job, no, DateTimeOffset.UnixEpoch, "agent.log", "info", "", null, null);
}
