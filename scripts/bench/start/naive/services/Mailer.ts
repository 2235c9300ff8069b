import nodemailer from "nodemailer";

export default nodemailer.createTransport(process.env.MAIL_URL ?? "");
