"""What PostgreSQL itself refuses: to rewrite the books, and to keep a transaction that does not sum to zero.

Nothing switches this off: a wrong transaction is reversed by another one.
"""

INSTALL = """
CREATE OR REPLACE FUNCTION economy_books_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only'
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Reverse a transaction with apps.economy.services.ledger.reverse.';
END
$$;
CREATE TRIGGER economy_transaction_append_only BEFORE UPDATE OR DELETE ON economy_transaction
    FOR EACH ROW EXECUTE FUNCTION economy_books_are_append_only();
CREATE TRIGGER economy_posting_append_only BEFORE UPDATE OR DELETE ON economy_posting
    FOR EACH ROW EXECUTE FUNCTION economy_books_are_append_only();

CREATE OR REPLACE FUNCTION economy_sums_to_zero(booked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount), 1) FROM economy_posting WHERE transaction_id = booked) <> 0 THEN
        RAISE EXCEPTION 'the postings of transaction % do not sum to zero', booked
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION economy_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM economy_sums_to_zero(NEW.id);
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION economy_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM economy_sums_to_zero(NEW.transaction_id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER economy_transaction_balances AFTER INSERT ON economy_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION economy_transaction_balances();
CREATE CONSTRAINT TRIGGER economy_posting_balances AFTER INSERT ON economy_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION economy_posting_balances();
"""
REMOVE = """
DROP TRIGGER economy_posting_balances ON economy_posting;
DROP TRIGGER economy_transaction_balances ON economy_transaction;
DROP TRIGGER economy_posting_append_only ON economy_posting;
DROP TRIGGER economy_transaction_append_only ON economy_transaction;
DROP FUNCTION economy_posting_balances();
DROP FUNCTION economy_transaction_balances();
DROP FUNCTION economy_sums_to_zero(bigint);
DROP FUNCTION economy_books_are_append_only();
"""
