using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Approvals;
using Xunit;

namespace AgentControl.Web.Tests.Pages;

public sealed class ApprovalsViewTests
{
    private static ApprovalView Request(
        int number = 1,
        int revision = 1,
        string state = "pending",
        string content = "line 1\nline 2",
        string type = "text/markdown"
    ) =>
        new()
        {
            Id = new Guid(number, 0, 0, new byte[8]),
            JobId = Guid.Empty,
            JobShortId = "j_1",
            JobName = "job",
            Agent = "contracts",
            SubmittedBy = "maria",
            Workspace = "default",
            Key = "approval#1",
            Kind = "approval",
            Title = "Write the summary",
            Body = "",
            Content = content,
            ContentType = type,
            Sha256 = "00",
            Revision = revision,
            Decisions = ["approve", "reject", "edit", "respond", "choose"],
            Required = 1,
            Votes = [],
            Approvers = [],
            RequestedAt = DateTimeOffset.UnixEpoch,
            OnExpire = "reject",
            OnReject = "return",
            State = state,
        };

    [Fact]
    public void Confirm_RejectWithoutReason_IsNotSent()
    {
        var bar = new DecisionBar(Request());
        bar.Start(ApprovalDecision.Reject);

        Assert.Null(bar.Confirm());
        Assert.StartsWith("Give a reason", bar.Error, StringComparison.Ordinal);

        bar.Comment = " wrong customer ";
        var sent = bar.Confirm();
        Assert.Equal((ApprovalDecision.Reject, "wrong customer", 1), (sent!.Decision, sent.Comment, sent.Revision));
    }

    [Fact]
    public void Confirm_Twice_SendsOnce()
    {
        var bar = new DecisionBar(Request());
        bar.Start(ApprovalDecision.Approve);

        Assert.NotNull(bar.Confirm());
        Assert.Null(bar.Confirm());
    }

    [Fact]
    public void Start_HeldKey_OpensOneBarAndSendsNothing()
    {
        var bar = new DecisionBar(Request());

        var opened = Enumerable.Range(0, 10).Count(_ => bar.Start(ApprovalDecision.Approve));

        Assert.Equal(1, opened);
        Assert.False(bar.IsSending);
    }

    [Fact]
    public void Confirm_EditedText_TravelsWhole()
    {
        var bar = new DecisionBar(Request());
        bar.Start(ApprovalDecision.Edit);
        bar.Edited = "line 1\nline two";

        Assert.Equal("Approve with 1 change", bar.ConfirmText);
        var sent = bar.Confirm()!;
        Assert.Equal((ApprovalDecision.Edit, "line 1\nline two"), (sent.Decision, sent.Value!.Value.GetString()));
    }

    [Fact]
    public void Confirm_EditWithoutChange_IsAnApproval()
    {
        var bar = new DecisionBar(Request());
        bar.Start(ApprovalDecision.Edit);

        var sent = bar.Confirm()!;
        Assert.Equal(ApprovalDecision.Approve, sent.Decision);
        Assert.Null(sent.Value);
    }

    [Theory]
    [InlineData("{\"a\":2}", true)]
    [InlineData("{\"a\":}", false)]
    public void Confirm_EditedJson_MustBeJson(string edited, bool sent)
    {
        var bar = new DecisionBar(Request(content: "{\"a\":1}", type: "application/json"));
        bar.Start(ApprovalDecision.Edit);
        bar.Edited = edited;

        var decision = bar.Confirm();

        Assert.Equal(sent, decision is not null);
        if (sent)
            Assert.Equal(JsonValueKind.Object, decision!.Value!.Value.ValueKind);
    }

    [Fact]
    public void Update_ContentChanged_LocksUntilReviewedAgain()
    {
        var view = new ApprovalsView();
        view.Update([Request()], Request());
        view.Bar!.Comment = "typed";

        view.Update([Request(revision: 2)], Request(revision: 2, content: "new"));

        Assert.True(view.HasChanged);
        Assert.False(view.CanDecide);
        Assert.Equal("line 1\nline 2", view.Shown!.Content);
        view.ReviewAgain();
        Assert.True(view.CanDecide);
        Assert.Equal(2, view.Bar!.Request.Revision);
    }

    [Fact]
    public void Update_SomebodyElseDecided_ClosesTheBar()
    {
        var view = new ApprovalsView();
        view.Update([Request()], Request());
        view.Bar!.Start(ApprovalDecision.Approve);

        view.Update([Request(state: "approved")], Request(state: "approved"));

        Assert.Null(view.Bar.Open);
        Assert.False(view.CanDecide);
    }

    [Fact]
    public void Update_SomebodyElseDecided_LocksAndSaysWho_ButOwnDecisionsDoNot()
    {
        var decided = Request(state: "approved") with { DecidedBy = "Ben", DecidedVoter = "person:ben" };
        var view = new ApprovalsView();
        view.Update([Request()], Request(), reader: "person:ana");

        view.Update([decided], decided, reader: "person:ana");
        Assert.True(view.IsTaken);
        Assert.Equal("Ben decided this. No second decision is possible.", view.LockReason);
        view.Start("a");
        Assert.Null(view.Bar!.Open);

        view.Update([decided], decided, reader: "person:ben");
        Assert.False(view.IsTaken);
    }

    [Fact]
    public void Update_DecisionTakenBack_CanBeDecidedAgain()
    {
        var view = new ApprovalsView();
        view.Update([Request()], Request());
        view.Start("a");
        Assert.NotNull(view.Bar!.Confirm());
        view.Update([Request(state: "approved")], Request(state: "approved"));

        view.Update([Request()], Request());

        Assert.False(view.Bar.IsSending);
        view.Start("a");
        Assert.Equal(ApprovalDecision.Approve, view.Bar.Open);
    }

    [Fact]
    public void Neighbour_AtTheEnds_Stops()
    {
        var view = new ApprovalsView();
        view.Update([Request(1), Request(2), Request(3)], Request(2));

        Assert.Equal(Request(3).Id, view.Neighbour(1));
        Assert.Equal(Request(1).Id, view.Neighbour(-9));
    }

    [Fact]
    public void NextOpen_AfterADecision_IsTheOneBelowElseTheFirst()
    {
        var view = new ApprovalsView();
        view.Update([Request(1), Request(2), Request(3)], Request(2));

        Assert.Equal(Request(3).Id, view.NextOpen(Request(2).Id));
        Assert.Equal(Request(1).Id, view.NextOpen(Request(3).Id));
    }

    [Fact]
    public void NextOpen_WhereTheListWasReadAnewWithoutTheDecidedOne_IsTheOneInItsPlace()
    {
        var view = new ApprovalsView();
        view.Update([Request(1), Request(2), Request(3), Request(4)], Request(3));
        view.Update([Request(1), Request(2), Request(4)], Request(3) with { State = "approved" });

        Assert.Equal(Request(4).Id, view.NextOpen(Request(3).Id));
    }
}
