using AgentControl.Core.Jobs;
using CsCheck;

namespace AgentControl.Core.Tests.Jobs;

public sealed class JobTransitionsTests
{
    private static readonly string?[] Kinds = [null, "approval", "retry", "signal", "timer", "children", "service"];
    private static readonly string?[] Outcomes = [null, "timeout", "rejected", "cancelled", "broken"];
    private static readonly JobState[] All = Enum.GetValues<JobState>();

    [Fact]
    public void A_final_state_is_left_only_for_the_queue_and_success_never()
    {
        foreach (var from in All.Where(s => s.IsFinal()))
        foreach (var to in All)
            Assert.Equal(from != JobState.Succeeded && to == JobState.Queued, JobTransitions.IsAllowed(from, to));
    }

    [Fact]
    public void Work_begins_only_from_the_queue_and_nothing_moves_to_where_it_is()
    {
        foreach (var from in All)
        {
            Assert.Equal(from == JobState.Queued, JobTransitions.IsAllowed(from, JobState.Running));
            Assert.False(JobTransitions.IsAllowed(from, from));
            Assert.False(JobTransitions.IsAllowed(from, JobState.Scheduled));
        }
    }

    [Fact]
    public void Every_state_but_success_can_still_reach_success()
    {
        foreach (var from in All.Where(s => s != JobState.Succeeded))
        {
            var reached = new HashSet<JobState> { from };
            while (All.Any(to => reached.Any(f => JobTransitions.IsAllowed(f, to)) && reached.Add(to)))
                continue;
            Assert.Contains(JobState.Succeeded, reached);
        }
    }

    [Fact]
    public void Words_are_read_back_as_what_they_were() =>
        Gen.Enum<JobState>().Sample(state => JobStates.Parse(state.Word()) == state);

    [Fact]
    public void Every_combination_has_one_of_the_fifteen_labels()
    {
        var kinds = Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i]);
        var outcomes = Gen.Int[0, Outcomes.Length - 1].Select(i => Outcomes[i]);
        Gen.Select(Gen.Enum<JobState>(), kinds, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, outcomes)
            .Sample(
                (state, kind, pause, cancel, recovering, backingOff, outcome) =>
                {
                    var label = JobLabel.Of(state, kind, pause, cancel, recovering, backingOff, outcome);
                    return JobLabel.All.Contains(label)
                        && (label == "needs_approval") == (state == JobState.Waiting && kind == "approval");
                }
            );
        Assert.Equal(15, JobLabel.All.Distinct().Count());
    }

    [Fact]
    public void Short_ids_have_no_look_alikes_and_differ()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => ShortId.Of(Guid.CreateVersion7())).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^j_[0-9A-HJKMNP-TV-Z]{10}$", id));
    }
}
