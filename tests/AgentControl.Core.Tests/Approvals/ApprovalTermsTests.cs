using System.Text.Json;
using AgentControl.Core.Approvals;

namespace AgentControl.Core.Tests.Approvals;

/// <summary>What a job says about its approvals is read strictly, and never makes a request easier to pass.</summary>
public sealed class ApprovalTermsTests
{
    private static readonly ApprovalRequest _asked = new()
    {
        Title = "Send?",
        Required = 2,
        Approvers = ["legal"],
        DecideWithin = TimeSpan.FromHours(4),
        OnExpire = ApprovalExpiry.Fail,
    };

    [Theory]
    [InlineData("[]", "approvalPolicy")]
    [InlineData("""{"quorum":2}""", "approvalPolicy.quorum")]
    [InlineData("""{"required":"2"}""", "approvalPolicy.required")]
    [InlineData("""{"required":0}""", "approvalPolicy.required")]
    [InlineData("""{"required":21}""", "approvalPolicy.required")]
    [InlineData("""{"notStarter":1}""", "approvalPolicy.notStarter")]
    [InlineData("""{"approvers":"finance"}""", "approvalPolicy.approvers")]
    [InlineData("""{"approvers":["a","A"]}""", "approvalPolicy.approvers")]
    [InlineData("""{"approvers":[" "]}""", "approvalPolicy.approvers")]
    [InlineData("""{"onExpire":"approve","decideWithinSeconds":1}""", "approvalPolicy.onExpire")]
    [InlineData("""{"onExpire":"1","decideWithinSeconds":1}""", "approvalPolicy.onExpire")]
    [InlineData("""{"onExpire":"reject"}""", "approvalPolicy.decideWithinSeconds")]
    [InlineData("""{"escalateTo":["cfo"]}""", "approvalPolicy.escalateTo")]
    [InlineData("""{"remindEverySeconds":59}""", "approvalPolicy.remindEverySeconds")]
    public void What_is_wrong_is_told_with_its_field(string json, string field)
    {
        var wrong = new List<string>();
        ApprovalTerms.Read(JsonElement.Parse(json), "approvalPolicy", (name, _) => wrong.Add(name));
        Assert.Equal([field], wrong);
    }

    [Fact]
    public void Everything_that_can_be_said_is_read_and_comes_before_the_agents_code()
    {
        var terms = ApprovalTerms.Read(
            JsonElement.Parse(
                """
                {"required":3,"approvers":["finance"],"notStarter":true,"highRisk":true,"decideWithinSeconds":60,"onExpire":"escalate","escalateTo":["cfo"],"remindEverySeconds":60}
                """
            ),
            "approvalPolicy",
            (field, why) => Assert.Fail($"{field}: {why}")
        );
        var request = terms.Over(_asked);
        Assert.Equal((3, true, true), (request.Required, request.NotStarter, request.HighRisk));
        Assert.Equal(["finance"], request.Approvers);
        Assert.Equal(["cfo"], request.EscalateTo);
        Assert.Equal(
            (TimeSpan.FromMinutes(1), ApprovalExpiry.Escalate, TimeSpan.FromMinutes(1)),
            (request.DecideWithin, request.OnExpire, request.RemindEvery)
        );
    }

    [Fact]
    public void Terms_never_make_fewer_people_enough_or_take_a_guard_away()
    {
        var guarded = _asked with { NotStarter = true, HighRisk = true, OnExpire = ApprovalExpiry.Approve };
        var request = new ApprovalTerms
        {
            Required = 1,
            NotStarter = false,
            HighRisk = false,
            DecideWithinSeconds = 1,
        }.Over(guarded);
        Assert.Equal((2, true, true), (request.Required, request.NotStarter, request.HighRisk));
        // High risk is not approved by waiting, and a job does not hurry what its agent approves by itself.
        Assert.Equal((ApprovalExpiry.Reject, TimeSpan.FromHours(4)), (request.OnExpire, request.DecideWithin));
    }

    [Fact]
    public void Without_terms_a_request_stays_as_it_is() =>
        Assert.Equal(_asked, ApprovalTerms.Stored(null).Over(_asked));

    [Fact]
    public void A_policy_comes_before_the_job_and_the_agent_and_never_weakens_either()
    {
        var job = new ApprovalTerms
        {
            Required = 3,
            Approvers = ["friends"],
            GraceSeconds = 9,
            DecideWithinSeconds = 30,
        };
        var policy = new ApprovalTerms
        {
            Required = 1,
            Approvers = ["finance"],
            GraceSeconds = 5,
            DecideWithinSeconds = 90,
        };
        var request = policy.Rule(_asked, job);
        Assert.Equal((3, TimeSpan.FromSeconds(9)), (request.Required, request.Grace));
        Assert.Equal(["finance"], request.Approvers);
        Assert.Equal(TimeSpan.FromSeconds(90), request.DecideWithin);
    }

    [Fact]
    public void Waiting_approves_by_a_policy_only_where_the_job_does_not_say_otherwise()
    {
        var policy = ApprovalTerms.Read(
            JsonElement.Parse("""{"onExpire":"approve","decideWithinSeconds":60}"""),
            "terms",
            (field, why) => Assert.Fail($"{field}: {why}"),
            isPolicy: true
        );
        var alone = policy.Rule(_asked, new ApprovalTerms());
        Assert.Equal((ApprovalExpiry.Approve, TimeSpan.FromMinutes(1)), (alone.OnExpire, alone.DecideWithin));
        var strict = policy.Rule(
            _asked,
            new ApprovalTerms { OnExpire = ApprovalExpiry.Fail, DecideWithinSeconds = 600 }
        );
        Assert.Equal((ApprovalExpiry.Fail, TimeSpan.FromMinutes(10)), (strict.OnExpire, strict.DecideWithin));
        Assert.Equal(ApprovalExpiry.Reject, policy.Rule(_asked with { HighRisk = true }, new ApprovalTerms()).OnExpire);
    }
}
